package org.fedbiot.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.simulation.RunPlan;
import org.fedbiot.learning.format.BaseModel;
import org.fedbiot.schemas.event.Link;
import org.fedbiot.schemas.event.RunSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForkSettingsTest {

    private static final Path MODEL = Path.of("..", "models", "fedbiot-small");

    private final RunSpec origin = origin();

    @Test
    void shouldLeaveAnUnchangedSpecAsItIs() {
        assertThat(ForkSettings.apply(origin, Map.of())).isEqualTo(origin);
    }

    @Test
    void shouldChangeWhatIsSetAndNothingElse() {
        RunSpec fork = ForkSettings.apply(origin, Map.of("training.learningRate", "0.25", "seed", "9",
                "model.location", "/elsewhere"));

        assertThat(fork.getTraining().getLearningRate()).isEqualTo(0.25);
        assertThat(fork.getSeed()).isEqualTo(9);
        assertThat(fork.getModel().getLocation()).isEqualTo("/elsewhere");
        assertThat(fork.getModel().getSha256()).isEqualTo(origin.getModel().getSha256());
        assertThat(fork.getTraining().getSteps()).isEqualTo(origin.getTraining().getSteps());
        assertThat(fork.getAggregation()).isEqualTo(origin.getAggregation());
        assertThat(fork.getFederation()).isEqualTo(origin.getFederation());
        assertThat(fork.getSplit()).isEqualTo(origin.getSplit());
    }

    @Test
    void shouldGiveLinksToAForkOfARunThatHadNone() {
        RunSpec fork = ForkSettings.apply(origin, Map.of("links.every.lossShare", "0.5"));

        assertThat(fork.getLinks().getEvery().getLossShare()).isEqualTo(0.5);
        assertThat(ForkSettings.apply(fork, Map.of("links.every.delayMillis", "7")).getLinks().getEvery())
                .isEqualTo(Link.newBuilder().setLossShare(0.5).setDelayMillis(7).build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"split.dropRate", "lora.rank", "lora.dropout", "model.sha256", "aggregation.shardBytes",
        "runId", "originRunId", "fork.round"})
    void shouldRefuseByNameWhatTheForkStandsOn(String key) {
        assertThatThrownBy(() -> ForkSettings.apply(origin, Map.of(key, "1"))).isInstanceOf(UserError.class)
                .hasMessageContaining(key).hasMessageContaining("stands on");
    }

    @ParameterizedTest
    @ValueSource(strings = {"training.learningRat", "trainin.steps", "training.steps", "data.partition"})
    void shouldRefuseWhatNoRunHas(String key) {
        assertThatThrownBy(() -> ForkSettings.apply(origin, Map.of(key, "many"))).isInstanceOf(UserError.class)
                .hasMessageContaining(key);
    }

    private static RunSpec origin() {
        RunSettings settings = RunSettings.of(SettingsTree.ofPreset("fedbiot-small"));
        BaseModel model = BaseModel.open(MODEL);
        return RunPlan.spec("origin", settings, model, "fedbiot-small",
                RunPlan.split(settings.split(), model.config().layers()), Path.of("public.jsonl"),
                Path.of("evaluation.jsonl"));
    }
}
