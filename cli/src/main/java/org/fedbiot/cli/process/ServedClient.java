package org.fedbiot.cli.process;

import java.nio.file.Path;
import java.util.Optional;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.settings.MustExist;
import org.fedbiot.worker.client.ClientConfig;
import org.fedbiot.worker.client.ClientData;

/**
 * One owner of private text.
 *
 * @param id as the run names it
 * @param key from {@code fedbiot key generate}
 * @param data its private text to train on, JSONL
 * @param heldOut private text that it scores on, JSONL; without it the client does not score
 */
record ServedClient(String id, @MustExist Path key, @MustExist Path data, @MustExist Optional<Path> heldOut) {

    /** @throws UserError if the file is no key, or another client's */
    ClientKeyFile readKey() {
        ClientKeyFile file = ClientKeyFile.read(key);
        if (!file.clientId().equals(id)) {
            throw new UserError(key + ": is the key of client " + file.clientId() + ", not of " + id);
        }
        return file;
    }

    ClientConfig config(Path cacheDirectory) {
        try {
            return new ClientConfig(id, readKey().key(), ClientData.read(data, heldOut), cacheDirectory.resolve(id));
        } catch (IllegalArgumentException e) {
            throw new UserError("client " + id + ": " + e.getMessage(), e);
        }
    }
}
