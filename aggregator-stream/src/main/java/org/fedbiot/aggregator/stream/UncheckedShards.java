package org.fedbiot.aggregator.stream;

import java.util.Optional;
import org.fedbiot.aggregator.Objection;
import org.fedbiot.aggregator.ShardScreen;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.UpdateShard;

/**
 * Looks at the signatures that screening left unchecked, of those shards that no manifest speaks for. No verdict
 * depends on the answer: a forged record shows up in the dead letters, and does not use up the bounds of the client
 * that it names.
 */
final class UncheckedShards {

    private final UpdateShelf shelf;
    private final PartitionLog log;
    private final EventDecoder decoder;
    private final Outbox outbox;

    UncheckedShards(UpdateShelf shelf, PartitionLog log, EventDecoder decoder, Outbox outbox) {
        this.shelf = shelf;
        this.log = log;
        this.decoder = decoder;
        this.outbox = outbox;
    }

    /** @return the same, with what is known of its signature now */
    UpdateShelf.Held check(UpdateShelf.Held held, RoundOpened plan) {
        if (held.signature() != UpdateShelf.Signature.UNCHECKED) {
            return held;
        }
        Optional<Arrival> arrival = log.shard(held.offset());
        if (arrival.isEmpty()) {
            return held;
        }
        boolean good = isGood(arrival.get(), plan);
        UpdateShelf.Held checked = new UpdateShelf.Held(held.runId(), held.round(), held.shard(), held.clientId(),
                held.sha256(), held.offset(), good ? UpdateShelf.Signature.GOOD : UpdateShelf.Signature.BAD);
        shelf.put(checked);
        return checked;
    }

    private boolean isGood(Arrival arrival, RoundOpened plan) {
        try {
            UpdateShard shard = (UpdateShard) decoder.decode(arrival);
            Optional<Objection> objection = ShardScreen.signatureObjection(shard, plan);
            objection.ifPresent(found -> outbox.deadLetter(arrival.origin(), found.text()));
            return objection.isEmpty();
        } catch (UnusableRecordException e) {
            outbox.deadLetter(arrival.origin(), e.getMessage());
            return false;
        }
    }
}
