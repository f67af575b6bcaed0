package org.fedbiot.coordinator;

import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.AlignmentResult;
import org.fedbiot.schemas.event.CompressionResult;

/**
 * What a round stands on: the compressed base, and the adapter and emulator versions that belong together.
 *
 * @param baseSha256 hash of the compressed base model
 * @param adapterElements length of the flat adapter factor vector
 * @param adapterShards shards that it is cut into
 */
public record ModelVersions(
        String baseSha256,
        int adapterElements,
        int adapterShards,
        int adapterVersion,
        String adapterSha256,
        int emulatorVersion,
        String emulatorSha256) {

    static ModelVersions initial(CompressionResult cut, AlignmentResult alignment, AdapterPublished adapter) {
        return new ModelVersions(cut.getBaseSha256(), cut.getAdapterElements(), cut.getAdapterShards(),
                adapter.getVersion(), adapter.getSha256(),
                alignment.getEmulatorVersion(), alignment.getEmulatorSha256());
    }

    ModelVersions with(AdapterPublished adapter) {
        return new ModelVersions(baseSha256, adapterElements, adapterShards, adapter.getVersion(), adapter.getSha256(),
                emulatorVersion, emulatorSha256);
    }

    ModelVersions with(AlignmentResult alignment) {
        return new ModelVersions(baseSha256, adapterElements, adapterShards, adapterVersion, adapterSha256,
                alignment.getEmulatorVersion(), alignment.getEmulatorSha256());
    }
}
