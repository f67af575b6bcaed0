package org.fedbiot.observer;

import org.fedbiot.schemas.event.DeadLetter;

/**
 * A record that could not be used.
 *
 * @param process that could not use it
 * @param topic where the record lies, with partition and offset
 */
public record DeadLetterPicture(long atMillis, String process, String reason, String topic, int partition, long offset,
        String key, int bytes) {

    static DeadLetterPicture of(DeadLetter letter, long atMillis) {
        return new DeadLetterPicture(atMillis, letter.getProcess(), letter.getReason(), letter.getOriginTopic(),
                letter.getOriginPartition(), letter.getOriginOffset(), letter.getKey(), letter.getBytes());
    }
}
