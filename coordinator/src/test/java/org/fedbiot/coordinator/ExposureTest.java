package org.fedbiot.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.event.RunRefused;
import org.fedbiot.schemas.event.RunSpec;
import org.fedbiot.schemas.event.RunSubmitted;
import org.junit.jupiter.api.Test;

class ExposureTest {

    private final Recording recording = Recording.withClients("anna", "ben", "cleo");

    @Test
    void shouldRecordLayersAndShareOfARun() {
        // When
        RunAccepted accepted = (RunAccepted) submit(Specs.spec("first")).get(0);

        // Then: 10 of 12 layers of 100 and 300 others, of 1500
        assertThat(accepted.getExposedLayers()).containsExactly(0, 1, 3, 4, 5, 7, 8, 9, 10, 11);
        assertThat(accepted.getExposedShare()).isCloseTo(1300.0 / 1500.0, within(1e-12));
    }

    @Test
    void shouldAddWhatARestoredRunExposedToWhatThisClusterDid() {
        // Given a run of this cluster, and the acceptance of one that was taken where nobody knew of it
        submit(Specs.spec("first"));
        RunAccepted restored = new RunAccepted("restored", Specs.spec("restored"), List.of(2, 3), 0.2);

        // When
        CoordinatorState state = Coordinator.apply(recording.state(), restored);

        // Then
        assertThat(state.exposedLayers(Specs.MODEL)).containsExactly(0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11);
    }

    /** Adapter 4 and then adapter 2 of 12 layers: each legal, together everything (design 6, invariant 1). */
    @Test
    void shouldRefuseARunThatCompletesWhatEarlierOnesGaveAway() {
        // Given
        submit(Specs.spec("first"));

        // When
        RunRefused refused = (RunRefused) submit(Specs.adapterOfTwo("second")).get(0);

        // Then
        assertThat(refused.getReason()).contains("split.keptLayers", "all 12 layers", Specs.MODEL,
                "[0, 1, 3, 4, 5, 7, 8, 9, 10, 11]", "exposure.allowAll");
        assertThat(recording.state().run("second")).isEmpty();
    }

    @Test
    void shouldCountExposureOfAnEndedRunToo() {
        // Given
        submit(Specs.spec("first"));
        recording.feed(Inputs.cancel("first"));

        // When
        List<SpecificRecord> decisions = submit(Specs.adapterOfTwo("second"));

        // Then
        assertThat(decisions.get(0)).isInstanceOf(RunRefused.class);
    }

    @Test
    void shouldCountExposurePerBaseModel() {
        // Given
        submit(Specs.spec("first"));

        // When
        List<SpecificRecord> decisions = submit(Specs.with(Specs.adapterOfTwo("second"), "model.sha256", "cd".repeat(32)));

        // Then
        assertThat(decisions.get(0)).isInstanceOf(RunAccepted.class);
    }

    @Test
    void shouldRefuseAShareAboveTheBound() {
        // When
        RunRefused refused = (RunRefused) submit(Specs.with(Specs.spec("first"), "exposure.maxShare", 0.86)).get(0);

        // Then
        assertThat(refused.getReason()).startsWith("exposure.maxShare: ").contains("0.86", Specs.MODEL);
    }

    @Test
    void shouldAllowEverythingToARunThatSaysSo() {
        // Given
        RunSpec all = Specs.with(Specs.with(Specs.spec("all"), "exposure.allowAll", true),
                "split.keptLayers", IntStream.range(0, 8).boxed().toList());

        // When
        RunAccepted accepted = (RunAccepted) submit(all).get(0);

        // Then
        assertThat(accepted.getExposedShare()).isEqualTo(1.0);
        assertThat(recording.state().exposedLayers(Specs.MODEL)).hasSize(12);
    }

    private List<SpecificRecord> submit(RunSpec spec) {
        return recording.feed(new RunSubmitted(spec));
    }
}
