package org.fedbiot.worker.version;

import java.util.Optional;
import java.util.function.Supplier;
import org.fedbiot.schemas.client.EventReader;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.event.EmulatorPublished;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.worker.TopicFold;
import org.fedbiot.worker.UnusableRecords;

/**
 * Which versions there are: a fold over the manifest topics from their beginning. An event that names a version was
 * written after that version's manifest, so one read to the topics' end finds it or it is not there. One thread at a
 * time.
 */
public final class VersionCatalog implements AutoCloseable {

    private final ManifestIndex index = new ManifestIndex();
    private final TopicFold manifests;

    /** @param unusable told of what is no manifest */
    public VersionCatalog(KafkaSettings settings, String clientId, UnusableRecords unusable) {
        this.manifests = new TopicFold(
                new EventReader(settings, clientId, Topics.EMULATOR_MANIFEST, Topics.ADAPTER_MANIFEST), unusable,
                record -> index.add(record.value(), record.serializedKeySize() + record.serializedValueSize()));
    }

    /**
     * The compressed model of a run.
     *
     * @throws PayloadMissingException if no such base was published
     * @throws InterruptedException if the worker is closed meanwhile
     */
    public Found<BasePublished> base(String runId, String sha256) throws InterruptedException {
        return find(() -> index.base(runId, sha256),
                "run %s: no base model with hash %s in topic %s".formatted(runId, sha256,
                        Topics.EMULATOR_MANIFEST.name()));
    }

    /**
     * An emulator version of a run.
     *
     * @throws PayloadMissingException if it was not published with that hash
     * @throws InterruptedException if the worker is closed meanwhile
     */
    public Found<EmulatorPublished> emulator(String runId, int version, String sha256) throws InterruptedException {
        return find(() -> index.emulator(runId, version, sha256),
                "run %s: no emulator version %d with hash %s in topic %s".formatted(runId, version, sha256,
                        Topics.EMULATOR_MANIFEST.name()));
    }

    /**
     * An adapter version of a run.
     *
     * @throws PayloadMissingException if it was not published with that hash
     * @throws InterruptedException if the worker is closed meanwhile
     */
    public Found<AdapterPublished> adapter(String runId, int version, String sha256) throws InterruptedException {
        return find(() -> index.adapter(runId, version, sha256),
                "run %s: no adapter version %d with hash %s in topic %s".formatted(runId, version, sha256,
                        Topics.ADAPTER_MANIFEST.name()));
    }

    @Override
    public void close() {
        manifests.close();
    }

    private <T> Found<T> find(Supplier<Optional<Found<T>>> lookup, String otherwise)
            throws InterruptedException {
        Optional<Found<T>> entry = lookup.get();
        if (entry.isEmpty()) {
            manifests.readToEnd();
            entry = lookup.get();
        }
        return entry.orElseThrow(() -> new PayloadMissingException(otherwise));
    }
}
