package org.fedbiot.infra;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a node keeps its data: formatted once, and one running broker's at a time. */
final class BrokerDirectory {

    private static final Logger LOGGER = LoggerFactory.getLogger(BrokerDirectory.class);

    private BrokerDirectory() {
    }

    /** @throws IllegalStateException if it cannot be made or another broker runs on it */
    static void prepare(BrokerOptions options) {
        format(options);
        checkNotRunning(options.data());
    }

    /** Found out first, it is one line instead of a failed start. */
    private static void checkNotRunning(Path data) {
        if (isInUse(data)) {
            throw new IllegalStateException("another broker runs on " + data + ": stop it, or use another directory");
        }
    }

    /** Whether a broker runs on it now: it holds a lock as long as it does. */
    static boolean isInUse(Path data) {
        try (FileChannel channel = FileChannel.open(data.resolve(".lock"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE); FileLock lock = channel.tryLock()) {
            return lock == null;
        } catch (OverlappingFileLockException e) {
            LOGGER.debug("the broker on {} runs in this process", data, e);
            return true;
        } catch (IOException e) {
            throw new IllegalStateException("cannot lock Kafka's directory " + data + ": " + e, e);
        }
    }

    private static void format(BrokerOptions options) {
        Path data = options.data();
        if (Files.exists(data.resolve("meta.properties"))) {
            return;
        }
        try {
            Files.createDirectories(data);
            new Formatter()
                    .setNodeId(options.nodeId())
                    .setClusterId(options.quorum().map(Quorum::clusterId)
                            .orElseGet(() -> Uuid.randomUuid().toString()))
                    .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                    .addDirectory(data.toString())
                    .setControllerListenerName(BrokerConfig.CONTROLLER)
                    .setMetadataLogDirectory(data.toString())
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setIgnoreFormatted(true)
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .run();
        } catch (IOException e) {
            throw new IllegalStateException("cannot make Kafka's directory " + data + ": " + e, e);
        } catch (Exception e) { // the formatter declares no narrower type
            throw new IllegalStateException("cannot format Kafka's directory " + data + ": " + e.getMessage(), e);
        }
    }
}
