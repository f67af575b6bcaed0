package org.fedbiot.worker.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.junit.jupiter.api.Test;

class ManifestIndexTest {

    private final ManifestIndex index = new ManifestIndex();

    @Test
    void shouldTellApartTwoMakesOfOneVersionByTheirHash() {
        // Given a version that was made twice, with different results, as two kinds of machine may
        index.add(emulator("run", 3, "aa"), 10);
        index.add(emulator("run", 3, "bb"), 20);

        assertThat(index.emulator("run", 3, "aa").orElseThrow().value().getSha256()).isEqualTo("aa");
        assertThat(index.emulator("run", 3, "bb").orElseThrow().bytes()).isEqualTo(20);
        assertThat(index.emulator("run", 3, "cc")).isEmpty();
        assertThat(index.emulator("run", 2, "aa")).isEmpty();
        assertThat(index.emulator("other", 3, "aa")).isEmpty();
    }

    @Test
    void shouldNotTakeAnAdapterForAnEmulator() {
        index.add(AdapterPublished.newBuilder().setRunId("run").setVersion(3).setRound(3).setSha256("aa")
                .setElements(1).setShards(List.of()).build(), 10);

        assertThat(index.emulator("run", 3, "aa")).isEmpty();
        assertThat(index.adapter("run", 3, "aa")).isPresent();
    }

    @Test
    void shouldLetTheFirstOfTwoEqualManifestsStand() {
        index.add(emulator("run", 3, "aa"), 10);
        index.add(emulator("run", 3, "aa"), 20);

        assertThat(index.emulator("run", 3, "aa").orElseThrow().bytes()).isEqualTo(10);
    }

    private static EmulatorPublished emulator(String runId, int version, String sha256) {
        return EmulatorPublished.newBuilder().setRunId(runId).setVersion(version).setSha256(sha256)
                .setBaseSha256("base").setAdapterVersion(0).setElements(1).setChunks(List.of()).build();
    }
}
