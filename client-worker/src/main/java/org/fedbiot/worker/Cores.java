package org.fedbiot.worker;

/** The cores that may compute at once, shared fairly by whoever asks for some. */
interface Cores {

    /** How many there are. */
    int count();

    /**
     * Waits until so many are free.
     *
     * @param number at most {@link #count}
     * @throws InterruptedException if the worker is closed while it waits; it then holds none
     */
    Taken take(int number) throws InterruptedException;

    /** Whether somebody waits. */
    boolean isAwaited();

    /** Cores that one task holds. */
    interface Taken extends AutoCloseable {

        /** Gives them back. */
        @Override
        void close();
    }
}
