package org.fedbiot.learning.method;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Optional;
import org.fedbiot.learning.model.LayerRef;
import org.fedbiot.learning.model.LoraParameters;
import org.fedbiot.learning.model.PackedBatch;

/**
 * The full model as the emulator's teacher (fedbiot-method 1.4, steps 2 and 3). One pass: the stack's output is on the
 * way to the logits, as the frozen front adapter, without dropout, is the same in both models. Only a front adapter
 * that the teacher shall not have (ORIGINAL) needs a second pass, since the stack must still see the student's input.
 */
final class Teacher {
    private final SplitModel model;
    private final LoraParameters adapter;
    private final TeacherAdapter teacherAdapter;

    Teacher(SplitModel model, LoraParameters adapter, TeacherAdapter teacherAdapter) {
        this.model = model;
        this.adapter = adapter;
        this.teacherAdapter = teacherAdapter;
    }

    /**
     * What a batch is taught by; rows [N, hidden] owned by the batch.
     *
     * @param input X, what both stacks read
     * @param stack T, the teacher stack's output for X
     * @param top the full model's last hidden state, or empty if no logits are wanted
     */
    record Lesson(NDArray input, NDArray stack, Optional<NDArray> top) {
    }

    Lesson lesson(PackedBatch batch, boolean logits) {
        NDArray embedded = model.decoder().embed(batch);
        NDArray input = run(model.frontAdapter(), embedded, batch, List.of(adapter));
        NDArray stack = run(model.teacher(), input, batch, List.of());
        if (!logits) {
            return new Lesson(input, stack, Optional.empty());
        }
        if (teacherAdapter == TeacherAdapter.CURRENT) {
            return new Lesson(input, stack, Optional.of(run(model.backAdapter(), stack, batch, List.of(adapter))));
        }
        NDArray original = model.frontAdapter().isEmpty() ? stack : run(model.teacher(),
                run(model.frontAdapter(), embedded, batch, List.of()), batch, List.of());
        return new Lesson(input, stack, Optional.of(run(model.backAdapter(), original, batch, List.of())));
    }

    private NDArray run(List<LayerRef> layers, NDArray hidden, PackedBatch batch, List<LoraParameters> lora) {
        return model.run(layers, hidden, batch, lora, Optional.empty());
    }
}
