package org.fedbiot.learning.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;

/** The PyTorch engine of this process. Every thread that computes calls {@link #useThreads} or {@link #start} first. */
public final class Torch {
    private Torch() {}

    /**
     * Loads the engine (once per process) and prepares the calling thread. Grad mode and the JIT executor are settings
     * of a thread: the engine clears the first only in the thread that loads it, so each thread has to ask.
     */
    public static void start() {
        Engine.getEngine("PyTorch");
        JniUtils.setGradMode(false);
        // The profiling executor re-specialises graphs during the first steps: slower, more memory, and no faster later.
        JniUtils.setGraphExecutorOptimize(false);
    }

    /**
     * Prepares the calling thread as {@link #start} does and sets the intra-op threads of the process. Clients that
     * train side by side times this number should not be more than the cores.
     */
    public static void useThreads(int intraOpThreads) {
        if (intraOpThreads < 1) {
            throw new IllegalArgumentException("Intra-op threads must be at least 1 but were " + intraOpThreads);
        }
        start();
        JniUtils.setNumThreads(intraOpThreads);
    }

    /** The intra-op threads that a computation in this process uses now. */
    public static int threads() {
        start();
        return JniUtils.getNumThreads();
    }

    /** A new owner of native memory on the CPU; the caller closes it, and with it every array it still owns. */
    public static NDManager newManager() {
        start();
        return Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
    }
}
