package org.fedbiot.cli.process;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.ConnectOptions;
import org.fedbiot.cli.output.Output;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.integrity.SigningKey;
import org.fedbiot.schemas.topic.Topics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Makes a client's public key known. */
@Command(
        name = "register",
        mixinStandardHelpOptions = true,
        description = "Register the public half of a client's key; the private half is not sent.")
public final class KeyRegisterCommand implements Callable<Integer> {

    @Mixin
    private ConnectOptions connect;

    @Mixin
    private Output output;

    @Parameters(index = "0", paramLabel = "FILE", description = "From fedbiot key generate.")
    private Path file;

    @Override
    public Integer call() {
        ClientKeyFile client = ClientKeyFile.read(file);
        KafkaSettings kafka = connect.kafka();
        try {
            register(kafka, client);
        } catch (KafkaException e) {
            throw new UserError("key of client " + client.clientId() + " not registered: " + e.getMessage(), e);
        }
        output.print(Map.of("clientId", client.clientId(), "keyId", client.key().keyId()),
                () -> List.of(client.clientId() + " " + client.key().keyId()));
        return 0;
    }

    /** Returns once the command is acknowledged. */
    public static void register(KafkaSettings kafka, ClientKeyFile client) {
        SigningKey key = client.key();
        try (EventProducer operator = new EventProducer(kafka, "operator-keys")) {
            operator.send(Topics.COMMAND, client.clientId(), ClientKeyRegistered.newBuilder()
                    .setClientId(client.clientId())
                    .setKeyId(key.keyId())
                    .setPublicKey(ByteBuffer.wrap(key.publicKey()))
                    .build());
        }
    }
}
