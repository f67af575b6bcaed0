package org.fedbiot.worker.server;

import java.util.Objects;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.schemas.event.ModelSpec;

/**
 * Keeps the last full model loaded from task to task: a run has a task in every round, and loading takes longer than
 * some of them. A cache and nothing else. One thread at a time.
 */
final class FullModels implements AutoCloseable {

    private final ComputeDevice device;
    private ModelSpec spec;
    private FullModel model;

    /** @param device where the models are put */
    FullModels(ComputeDevice device) {
        this.device = Objects.requireNonNull(device, "device");
    }

    /** The model of a run; stays this cache's, valid until another one is asked for. */
    FullModel get(ModelSpec wanted) {
        if (!wanted.equals(spec)) {
            close();
            model = FullModel.load(wanted, device);
            spec = wanted;
        }
        return model;
    }

    @Override
    public void close() {
        if (model != null) {
            model.close();
        }
        model = null;
        spec = null;
    }
}
