package org.fedbiot.worker;

/** Where records to work on come from, one at a time, each to be held for as long as its work takes. */
public interface TaskSource extends AutoCloseable {

    /** Starts to take records. */
    void start();

    /** Whether it may be given a record now; false again once it is closed. */
    boolean isJoined();

    /** Interrupts the work, gives back what is in hand, and returns when that is done. */
    @Override
    void close();
}
