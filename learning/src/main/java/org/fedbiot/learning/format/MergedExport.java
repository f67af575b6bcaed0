package org.fedbiot.learning.format;

import java.io.IOException;
import java.nio.file.Path;
import org.fedbiot.learning.model.BaseType;
import org.fedbiot.learning.model.FactorVector;
import org.fedbiot.learning.model.LoraSpec;

/**
 * The full model with the trained factors folded into its weights, as a Hugging Face directory. A quantised base gives
 * its widened weights: quantising again would move them.
 */
public final class MergedExport {
    private MergedExport() { }

    /**
     * @param target written whole or not at all
     * @param factors of full-model layers
     * @param type element type of the written weights
     */
    public static void write(Path target, BaseModel base, LoraSpec spec, FactorVector factors, BaseType type)
            throws IOException {
        ModelDirectory.write(target, base.config(), new MergedTensors(base.location(), base.tensors(), spec, factors),
                base.tokenizerFiles(), type);
    }
}
