package org.fedbiot.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.fedbiot.infra.BrokerOptions;
import org.fedbiot.infra.EmbeddedKafka;
import org.fedbiot.infra.EmbeddedRegistry;
import org.fedbiot.infra.Quorum;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.client.TopicCreation;
import org.fedbiot.schemas.event.CountedUpdate;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.RunEnded;
import org.fedbiot.schemas.event.RunOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers, and one that goes without a word while clients train: nothing is lost, and the run ends. */
@Timeout(300)
class BrokerLossIT {

    private static final int ROUNDS = 2;

    @TempDir
    private Path directory;

    @Test
    void shouldLoseNothingWithOneOfThreeBrokersDuringARound() throws Exception {
        TrialFiles files = TrialFiles.write(directory.resolve("files"));
        List<BrokerOptions> nodes = Quorum.onFreePorts(3).stream()
                .map(seat -> new BrokerOptions(directory.resolve("broker-" + seat.nodeId()), 0).in(seat)).toList();
        List<EmbeddedKafka> brokers = new ArrayList<>(EmbeddedKafka.startAll(nodes));
        String bootstrap = brokers.stream().map(EmbeddedKafka::bootstrapServers).collect(Collectors.joining(","));
        try (EmbeddedRegistry registry = EmbeddedRegistry.start(bootstrap, 0)) {
            KafkaSettings kafka = new KafkaSettings(bootstrap, registry.url());
            try (Admin admin = Admin.create(kafka.admin())) {
                TopicCreation.createMissing(admin, (short) 3);
            }
            try (OpenCluster cluster = new OpenCluster(directory, files, name -> kafka)) {
                // When the first broker goes in the first round
                List<SpecificRecord> decisions = cluster.run(files.spec(ROUNDS, Map.of()), decision -> {
                    if (decision instanceof RoundOpened opened && opened.getRound() == 1) {
                        brokers.remove(0).close();
                    }
                });

                // Then nobody stops, and both rounds count everybody
                assertThat(cluster.failures()).isEmpty();
                assertThat(decisions.get(decisions.size() - 1)).isInstanceOfSatisfying(RunEnded.class,
                        ended -> assertThat(ended.getOutcome()).as(ended.getReason()).isEqualTo(RunOutcome.COMPLETED));
                assertThat(decisions).filteredOn(RoundClosed.class::isInstance).hasSize(ROUNDS)
                        .allSatisfy(closed -> assertThat(((RoundClosed) closed).getCounted())
                                .extracting(CountedUpdate::getClientId).isEqualTo(TrialFiles.CLIENTS));
            }
        } finally {
            brokers.forEach(EmbeddedKafka::close);
        }
    }
}
