package org.fedbiot.coordinator;

import java.util.Objects;

/**
 * Versions that the model's owner has evaluated.
 *
 * @param adapFuNll mean negative log-likelihood of the full model with the adapter, NaN where it was not scored
 */
public record EvaluatedVersion(ModelVersions versions, double adapFuNll) {

    public EvaluatedVersion {
        Objects.requireNonNull(versions, "versions");
    }
}
