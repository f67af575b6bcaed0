package org.fedbiot.cli.observe;

import java.util.concurrent.CompletionException;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.UserError;
import org.fedbiot.observer.Observer;
import org.fedbiot.observer.Picture;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.schemas.client.KafkaSettings;

/** The picture of a cluster as it is now. */
public final class Look {

    private Look() {
    }

    /** @throws UserError if the topics cannot be read */
    public static Picture at(KafkaSettings kafka) {
        try (Observer observer = new Observer(kafka, "fedbiot-cli-look")) {
            observer.start();
            return caughtUp(observer);
        }
    }

    static Picture caughtUp(Observer observer) {
        try {
            return observer.caughtUp().join();
        } catch (CompletionException e) {
            throw new UserError(ExitCode.NO_ANSWER, "the topics cannot be read: " + e.getCause().getMessage(),
                    e.getCause());
        }
    }

    /** @throws UserError if the cluster knows no such run */
    public static RunPicture run(Picture picture, String runId) {
        return picture.run(runId).orElseThrow(() -> new UserError("run " + runId + ": not in this cluster; it has "
                + picture.runs().stream().map(RunPicture::runId).toList()));
    }
}
