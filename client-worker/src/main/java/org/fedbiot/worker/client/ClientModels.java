package org.fedbiot.worker.client;

import java.nio.file.Path;
import java.util.Objects;
import org.fedbiot.learning.method.LayerSplit;
import org.fedbiot.learning.method.SplitModel;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.schemas.client.KafkaSettings;
import org.fedbiot.schemas.event.BasePublished;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.worker.MethodOptions;
import org.fedbiot.worker.version.Found;
import org.fedbiot.worker.version.KafkaPayloadLog;
import org.fedbiot.worker.version.PayloadFetch;
import org.fedbiot.worker.version.PayloadMissingException;
import org.fedbiot.worker.version.VersionCatalog;

/**
 * The compressed model that a client works on: fetched once into its cache, loaded once in the process, held until a
 * run on another base needs its place. One thread at a time.
 */
final class ClientModels implements AutoCloseable {

    private final VersionCatalog catalog;
    private final PayloadFetch chunks;
    private final BaseCache cache;
    private final SharedBases shared;
    private SharedBases.Lease held;
    /** Native memory of its own, beside the weights: one at a time, closed before the next. */
    private SplitModel split;
    private long bootstrapBytes;

    ClientModels(KafkaSettings settings, String clientId, Path cacheDirectory, VersionCatalog catalog,
            SharedBases shared) {
        this.catalog = Objects.requireNonNull(catalog, "catalog");
        this.shared = Objects.requireNonNull(shared, "shared");
        this.cache = new BaseCache(cacheDirectory);
        this.chunks = new PayloadFetch(new KafkaPayloadLog(settings, clientId + "-base", Topics.EMULATOR_CHUNK));
    }

    /**
     * The model of a run. Stays valid until the next call, or until this is closed.
     *
     * @throws PayloadMissingException if the base is not in its topics, or not what its hash or its manifest says
     * @throws InterruptedException if the worker is closed meanwhile
     */
    ClientModel model(String runId, String baseSha256) throws InterruptedException {
        Found<BasePublished> manifest = catalog.base(runId, baseSha256);
        BasePublished base = manifest.value();
        closeSplit();
        if (held == null || !held.sha256().equals(baseSha256)) {
            close(held);
            held = null;
            Found<Path> directory = cache.directory(base, chunks);
            bootstrapBytes += directory.bytes() + (directory.bytes() > 0 ? manifest.bytes() : 0);
            held = shared.acquire(baseSha256, directory.value(), MethodOptions.baseType(base.getDataType()));
        }
        LayerSplit layers = MethodOptions.split(base.getSplit());
        requireOnlyHeldLayers(base, layers, held.base().weights().config());
        split = SplitModel.onClient(held.base().weights(), layers);
        return new ClientModel(base, split, held.base().tokenizer());
    }

    /** Keys and values of base manifests and chunks fetched so far. */
    long bootstrapBytes() {
        return bootstrapBytes;
    }

    @Override
    public void close() {
        try (chunks) {
            closeSplit();
            close(held);
        }
    }

    private void closeSplit() {
        if (split != null) {
            split.close();
            split = null;
        }
    }

    private static void requireOnlyHeldLayers(BasePublished base, LayerSplit split, LlamaConfig config) {
        if (config.layers() != split.heldLayers().size()) {
            throw new PayloadMissingException("run %s: base model %s has %d layers, its split holds %s".formatted(
                    base.getRunId(), base.getBaseSha256(), config.layers(), split.heldLayers()));
        }
    }

    private static void close(SharedBases.Lease lease) {
        if (lease != null) {
            lease.close();
        }
    }
}
