package org.fedbiot.worker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.fedbiot.learning.BadInputException;
import org.fedbiot.learning.pretrain.TrialModel;
import org.fedbiot.learning.torch.ComputeDevice;
import org.fedbiot.schemas.event.DataType;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.SplitSpec;
import org.fedbiot.schemas.event.TextSettings;
import org.fedbiot.worker.RunFixture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunModelTest {

    @TempDir
    Path directory;

    private RunSpec spec;

    @BeforeEach
    void writeModel() throws Exception {
        Path model = directory.resolve("model");
        TrialModel.write(model, 3);
        spec = RunFixture.spec("run-1", model, directory, directory, DataType.FLOAT32);
    }

    @Test
    void shouldRefuseTextThatIsLongerThanTheModelsContext() {
        int context = TrialModel.CONFIG.contextLength();
        try (FullModel full = FullModel.load(spec.getModel(), ComputeDevice.CPU)) {
            try (RunModel model = RunModel.of(full, withMaxTokens(context))) {
                assertThat(model.split()).isNotNull();
            }
            assertThatThrownBy(() -> RunModel.of(full, withMaxTokens(context + 1)))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageStartingWith("run run-1: text.maxTokens 65 is more than the 64 tokens of context");
        }
    }

    @Test
    void shouldRefuseASplitOfAnotherModel() {
        RunSpec other = RunSpec.newBuilder(spec).setSplit(SplitSpec.newBuilder(spec.getSplit())
                .setAdapterLayers(List.of(5, 6)).build()).build();
        try (FullModel full = FullModel.load(spec.getModel(), ComputeDevice.CPU)) {
            assertThatThrownBy(() -> RunModel.of(full, other)).isInstanceOf(BadInputException.class)
                    .hasMessageContaining("its split is of 7 layers");
        }
    }

    private RunSpec withMaxTokens(int tokens) {
        return RunSpec.newBuilder(spec)
                .setText(TextSettings.newBuilder(spec.getText()).setMaxTokens(tokens).build()).build();
    }
}
