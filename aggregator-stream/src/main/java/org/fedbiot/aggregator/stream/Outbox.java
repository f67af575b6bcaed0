package org.fedbiot.aggregator.stream;

import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.fedbiot.aggregator.DeadLetters;
import org.fedbiot.aggregator.fact.Origin;
import org.fedbiot.schemas.event.DeadLetter;
import org.fedbiot.schemas.wire.EventHeaders;
import org.fedbiot.schemas.wire.EventKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a processor says, with the time of the record that it says it on: no clock decides anything here. */
final class Outbox {

    private static final Logger LOGGER = LoggerFactory.getLogger(Outbox.class);

    private final ProcessorContext<String, SpecificRecord> context;
    private final AggregatorMeters meters;
    private long timestampMillis;

    Outbox(ProcessorContext<String, SpecificRecord> context, AggregatorMeters meters) {
        this.context = context;
        this.meters = meters;
    }

    /** All that is sent from here on is on a record of this time. */
    void begin(long recordTimestampMillis) {
        this.timestampMillis = recordTimestampMillis;
    }

    long timestampMillis() {
        return timestampMillis;
    }

    void event(String key, SpecificRecord event) {
        context.forward(new Record<>(key, event, timestampMillis, EventHeaders.of(event)));
    }

    void fact(String key, SpecificRecord fact) {
        context.forward(new Record<>(key, fact, timestampMillis, new RecordHeaders()));
    }

    /** What was said becomes visible at once: readers see it at a commit, and many a round waits for this alone. */
    void commit() {
        context.commit();
    }

    void deadLetter(DeadLetter letter) {
        meters.deadLetter(letter);
        LOGGER.atWarn().addKeyValue("topic", letter.getOriginTopic())
                .addKeyValue("partition", letter.getOriginPartition()).addKeyValue("offset", letter.getOriginOffset())
                .addKeyValue("bytes", letter.getBytes()).addKeyValue("reason", letter.getReason())
                .log("record went to the dead letters");
        event(EventKeys.origin(letter.getOriginTopic(), letter.getOriginPartition(), letter.getOriginOffset()), letter);
    }

    void deadLetter(Origin origin, String reason) {
        deadLetter(DeadLetters.of(origin, reason));
    }
}
