package org.fedbiot.worker.client;

import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import org.fedbiot.schemas.integrity.SigningKey;

/**
 * Who a client is and what it holds.
 *
 * @param clientId as the run names it
 * @param key whose public half the operator has registered for this client
 * @param data its private text
 * @param cacheDirectory where it keeps the compressed models that it has fetched, and what codecs lost of its updates
 */
public record ClientConfig(String clientId, SigningKey key, ClientData data, Path cacheDirectory) {

    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    public ClientConfig {
        if (!ID.matcher(clientId).matches()) {
            throw new IllegalArgumentException("client id \"" + clientId + "\" does not match " + ID);
        }
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(cacheDirectory, "cacheDirectory");
    }
}
