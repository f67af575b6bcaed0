package org.fedbiot.aggregator.stream;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.fedbiot.schemas.client.KafkaSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AggregatorProcessTest {

    @TempDir
    private Path directory;

    @Test
    void shouldNameTheSettingThatIsNoNumber() {
        KafkaSettings settings = new KafkaSettings("localhost:1", "mock://unused",
                Map.of("producer.transaction.timeout.ms", "soon"));

        assertThatThrownBy(() -> new AggregatorProcess(settings, directory, 1)).isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("producer.transaction.timeout.ms", "soon");
    }
}
