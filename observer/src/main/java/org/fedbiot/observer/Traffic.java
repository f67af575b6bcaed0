package org.fedbiot.observer;

/**
 * Bytes between clients and the broker, as clients counted them, beside what whole layers would have cost: the
 * adapter's layers up for every update, the layers of every further adapter and emulator version down. The versions
 * that a client starts from are not in the comparison: whole, they come with the bootstrap.
 *
 * @param bootstrap base chunks, fetched once by each client
 */
public record Traffic(long up, long down, long wholeUp, long wholeDown, long bootstrap) {

    public static final Traffic NONE = new Traffic(0, 0, 0, 0, 0);

    public Traffic plus(Traffic other) {
        return new Traffic(up + other.up, down + other.down, wholeUp + other.wholeUp, wholeDown + other.wholeDown,
                bootstrap + other.bootstrap);
    }
}
