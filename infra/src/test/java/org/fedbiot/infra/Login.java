package org.fedbiot.infra;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.fedbiot.schemas.client.KafkaSettings;

/** Client settings by which somebody logs in. */
final class Login {

    private Login() {
    }

    static Map<String, String> password(String user, Secret password) {
        Map<String, String> settings = new HashMap<>();
        settings.put("security.protocol", "SASL_PLAINTEXT");
        settings.put("sasl.mechanism", "SCRAM-SHA-512");
        settings.put("sasl.jaas.config", "org.apache.kafka.common.security.scram.ScramLoginModule required username=\""
                + user + "\" password=\"" + password.value() + "\";");
        return settings;
    }

    static Map<String, String> passwordOverTls(String user, Secret password, Path truststore) {
        Map<String, String> settings = password(user, password);
        settings.put("security.protocol", "SASL_SSL");
        settings.put("ssl.truststore.type", "PEM");
        settings.put("ssl.truststore.location", truststore.toString());
        return settings;
    }

    static Map<String, String> certificate(TlsFiles files) {
        Map<String, String> settings = files.settings();
        settings.put("security.protocol", "SSL");
        return settings;
    }

    static KafkaSettings at(EmbeddedKafka kafka, Map<String, String> login) {
        return new KafkaSettings(kafka.bootstrapServers(), "mock://" + kafka.bootstrapServers(), login);
    }
}
