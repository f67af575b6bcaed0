package org.fedbiot.cli.process;

import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.cluster.ConnectOptions;
import org.fedbiot.schemas.client.EventProducer;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.ClientKeyRegistered;
import org.fedbiot.schemas.integrity.SigningKey;
import org.fedbiot.schemas.topic.Topics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a client's public key known. */
@Command(
        name = "register",
        mixinStandardHelpOptions = true,
        description = "Register the public half of a client's key; the private half is not sent.")
public final class KeyRegisterCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConnectOptions connect;

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
        PrintWriter out = spec.commandLine().getOut();
        out.println(client.clientId() + " " + client.key().keyId());
        out.flush();
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
