package org.fedbiot.schemas.integrity;

import org.fedbiot.schemas.event.ClientEvaluated;
import org.fedbiot.schemas.event.ClientFailed;
import org.fedbiot.schemas.event.ClientJoined;
import org.fedbiot.schemas.event.ClientLeaving;
import org.fedbiot.schemas.event.ClientProgressed;
import org.fedbiot.schemas.event.ClientReported;
import org.fedbiot.schemas.event.UpdateCodec;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;

/**
 * What a client signs of each of its events: every field but the signature, payloads by their hash. Not the wire
 * bytes, which carry a registry's schema id: an archive restored against another registry must still verify. The
 * order is written out here since a schema's own order may change.
 */
public final class CanonicalBytes {

    private static final String DOMAIN = "fedbiot/v1/";

    private CanonicalBytes() {
    }

    public static byte[] of(UpdateManifest manifest) {
        return fields("UpdateManifest")
                .text(manifest.getRunId())
                .number(manifest.getRound())
                .text(manifest.getClientId())
                .text(manifest.getBaseSha256())
                .number(manifest.getAdapterVersion())
                .text(manifest.getAdapterSha256())
                .number(manifest.getEmulatorVersion())
                .text(manifest.getEmulatorSha256())
                .number(manifest.getDatasetSamples())
                .number(manifest.getProcessedSamples())
                .number(manifest.getElements())
                .texts(manifest.getShardSha256())
                .text(manifest.getSha256())
                .number(manifest.getMeanLoss())
                .number(manifest.getFirstLoss())
                .number(manifest.getLastLoss())
                .text(manifest.getKeyId())
                .toBytes();
    }

    /**
     * The payload counts by the {@code sha256} field: a reader must check that hash over the data as well. The codec
     * stands there only if it is not FP32, so that what was signed before there were others still verifies.
     */
    public static byte[] of(UpdateShard shard) {
        CanonicalFields fields = fields("UpdateShard")
                .text(shard.getRunId())
                .number(shard.getRound())
                .text(shard.getClientId())
                .number(shard.getAdapterVersion())
                .text(shard.getAdapterSha256())
                .number(shard.getEmulatorVersion())
                .text(shard.getEmulatorSha256())
                .number(shard.getShard())
                .number(shard.getShards())
                .number(shard.getStart())
                .number(shard.getElements())
                .text(shard.getSha256())
                .text(shard.getKeyId());
        if (shard.getCodec() != UpdateCodec.FP32) {
            fields.text(shard.getCodec().name());
        }
        return fields.toBytes();
    }

    public static byte[] of(ClientJoined event) {
        return fields("ClientJoined")
                .text(event.getClientId())
                .number(event.getDatasetSamples())
                .number(event.getHeldOutSamples())
                .number(event.getSkippedSamples())
                .text(event.getDevice())
                .text(event.getKeyId())
                .toBytes();
    }

    public static byte[] of(ClientProgressed event) {
        return fields("ClientProgressed")
                .text(event.getRunId())
                .number(event.getRound())
                .text(event.getClientId())
                .number(event.getStep())
                .number(event.getSteps())
                .number(event.getLoss())
                .number(event.getShardsSent())
                .number(event.getShards())
                .text(event.getKeyId())
                .toBytes();
    }

    public static byte[] of(ClientReported event) {
        return fields("ClientReported")
                .text(event.getRunId())
                .number(event.getRound())
                .text(event.getClientId())
                .text(event.getBaseSha256())
                .text(event.getAdapterSha256())
                .text(event.getEmulatorSha256())
                .number(event.getBytesUp())
                .number(event.getBytesDown())
                .number(event.getBootstrapBytes())
                .number(event.getTrainingMillis())
                .text(event.getKeyId())
                .toBytes();
    }

    public static byte[] of(ClientFailed event) {
        return fields("ClientFailed")
                .text(event.getRunId())
                .number(event.getRound())
                .text(event.getClientId())
                .text(event.getReason())
                .text(event.getKeyId())
                .toBytes();
    }

    public static byte[] of(ClientEvaluated event) {
        return fields("ClientEvaluated")
                .text(event.getRunId())
                .text(event.getClientId())
                .number(event.getAdapterVersion())
                .number(event.getEmulatorVersion())
                .number(event.getAdapEmuNll())
                .number(event.getRawCompressedNll())
                .number(event.getRecords())
                .text(event.getKeyId())
                .toBytes();
    }

    public static byte[] of(ClientLeaving event) {
        return fields("ClientLeaving")
                .text(event.getClientId())
                .text(event.getReason())
                .text(event.getKeyId())
                .toBytes();
    }

    private static CanonicalFields fields(String event) {
        return new CanonicalFields(DOMAIN + event);
    }
}
