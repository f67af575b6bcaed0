package org.fedbiot.coordinator;

import java.util.List;
import java.util.Objects;
import org.fedbiot.schemas.event.ChunkRef;

/**
 * What a round was opened with: all that a fork needs to start there.
 *
 * @param round from 1
 * @param optimiserState kept AdamW moments of the last alignment before it
 */
public record RoundStart(int round, ModelVersions versions, List<ChunkRef> optimiserState) {

    public RoundStart {
        Objects.requireNonNull(versions, "versions");
        optimiserState = List.copyOf(optimiserState);
    }
}
