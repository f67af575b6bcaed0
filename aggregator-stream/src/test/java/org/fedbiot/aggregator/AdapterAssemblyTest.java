package org.fedbiot.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.fedbiot.aggregator.fact.AdapterShardSeen;
import org.fedbiot.aggregator.fact.VersionProgress;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.ShardRef;
import org.fedbiot.schemas.integrity.Sha256;
import org.junit.jupiter.api.Test;

class AdapterAssemblyTest {

    private static final String FIRST = Sha256.of(new byte[] {1});
    private static final String SECOND = Sha256.of(new byte[] {2});

    @Test
    void shouldPublishOnceWithTheLastShardWhicheverItIs() {
        // Given
        AdapterAssembly.Step one = AdapterAssembly.add(AdapterAssembly.start(), seen(1, 4, SECOND, 12, 6));

        // When
        AdapterAssembly.Step two = AdapterAssembly.add(one.progress(), seen(0, 0, FIRST, 16, 9));
        AdapterAssembly.Step again = AdapterAssembly.add(two.progress(), seen(0, 0, FIRST, 16, 11));

        // Then
        AdapterPublished published = two.published().orElseThrow();
        assertThat(one.published()).isEmpty();
        assertThat(again.published()).isEmpty();
        assertThat(published.getSha256()).isEqualTo(Sha256.ofHashes(List.of(FIRST, SECOND)));
        assertThat(published.getShards()).extracting(ShardRef::getOffset).containsExactly(9L, 6L);
    }

    @Test
    void shouldRefuseShardsThatLeaveAGap() {
        VersionProgress first = AdapterAssembly.add(AdapterAssembly.start(), seen(0, 0, FIRST, 12, 0)).progress();

        assertThatThrownBy(() -> AdapterAssembly.add(first, seen(1, 4, SECOND, 12, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shard 1 starts at element 4, not at 3");
    }

    @Test
    void shouldRefuseAVectorThatEndsTooEarly() {
        VersionProgress first = AdapterAssembly.add(AdapterAssembly.start(), seen(0, 0, FIRST, 16, 0)).progress();

        assertThatThrownBy(() -> AdapterAssembly.add(first, seen(1, 4, SECOND, 8, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("6 elements, not 7");
    }

    @Test
    void shouldRefuseShardsOfAnotherCut() {
        VersionProgress first = AdapterAssembly.add(AdapterAssembly.start(), seen(0, 0, FIRST, 16, 0)).progress();
        AdapterShardSeen other = AdapterShardSeen.newBuilder(seen(1, 4, SECOND, 12, 1)).setShards(3).build();

        assertThatThrownBy(() -> AdapterAssembly.add(first, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("run run, adapter version 2, shard 1");
    }

    private static AdapterShardSeen seen(int shard, int start, String sha256, int bytes, long offset) {
        return AdapterShardSeen.newBuilder()
                .setRunId("run")
                .setVersion(2)
                .setRound(2)
                .setShard(shard)
                .setShards(2)
                .setStart(start)
                .setElements(7)
                .setSha256(sha256)
                .setBytes(bytes)
                .setPartition(shard)
                .setOffset(offset)
                .build();
    }
}
