package org.fedbiot.schemas.client;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;

/** Waits for what an admin client was asked. */
final class Answers {

    private Answers() {
    }

    /**
     * @param what was asked, as in "cannot ..."
     * @throws KafkaException if the broker refuses or does not answer; its cause is the broker's own
     */
    static <T> T await(String what, KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new KafkaException("cannot " + what + ": " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while trying to " + what, e);
        }
    }
}
