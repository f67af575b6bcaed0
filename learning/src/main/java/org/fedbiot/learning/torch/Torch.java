package org.fedbiot.learning.torch;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.LibUtils;
import org.fedbiot.learning.BadInputException;

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
        return newManager(ComputeDevice.CPU);
    }

    /** A new owner of memory on a device; the caller closes it, and with it every array it still owns. */
    public static NDManager newManager(ComputeDevice device) {
        start();
        return Engine.getEngine("PyTorch").newBaseManager(device.engineDevice());
    }

    /** Which libtorch this process computes with, and where it lies. */
    public static String library() {
        start();
        return LibUtils.getVersion() + " at " + LibUtils.getLibtorchPath();
    }

    /**
     * Refuses a device that is not there, before anything is put on it.
     *
     * @throws BadInputException saying what was found, and what to do
     */
    public static void require(ComputeDevice device) {
        try (NDManager manager = newManager(device); NDArray one = manager.ones(new Shape(1))) {
            HostValues.scalar(one);
        } catch (EngineException e) {
            throw new BadInputException("device " + device + " is not there: libtorch " + library() + " "
                    + reason(String.valueOf(e.getMessage()))
                    + "; name another device, or give libtorch with CUDA: infra/gpu-setup DIR, then FEDBIOT_TORCH=DIR;"
                    + " docs/gpu.md says more");
        }
    }

    /** The first sentence; libtorch goes on with all that it has instead. */
    private static String reason(String message) {
        return message.contains("from the 'CUDA' backend") ? "is built for the CPU alone"
                : "says: " + message.split("\\.\\s", 2)[0].strip();
    }
}
