package org.fedbiot.worker.server;

import org.fedbiot.schemas.event.ModelSpec;

/**
 * Keeps the last full model loaded from task to task: a run has a task in every round, and loading takes longer than
 * some of them. A cache and nothing else. One thread at a time.
 */
final class FullModels implements AutoCloseable {

    private ModelSpec spec;
    private FullModel model;

    /** The model of a run; stays this cache's, valid until another one is asked for. */
    FullModel get(ModelSpec wanted) {
        if (!wanted.equals(spec)) {
            close();
            model = FullModel.load(wanted);
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
