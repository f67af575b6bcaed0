package org.fedbiot.chaos;

import java.util.Locale;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.schemas.event.AdapterPublished;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.RoundOpened;
import org.fedbiot.schemas.event.ServerTaskAssigned;
import org.fedbiot.schemas.event.ServerTaskCompleted;
import org.fedbiot.schemas.event.TaskKind;
import org.fedbiot.schemas.event.UpdateAccepted;
import org.fedbiot.schemas.event.UpdateManifest;
import org.fedbiot.schemas.event.UpdateShard;

/** A phase of a run as it shows on the topics: the event that it begins with and the one that ends it. */
enum Moment {

    /** A server worker cuts and pre-aligns the model. */
    COMPRESS(1500) {
        @Override
        Optional<Integer> begins(SpecificRecord event) {
            return assigned(event, TaskKind.COMPRESS);
        }

        @Override
        boolean ends(SpecificRecord event, int round) {
            return completed(event, TaskKind.COMPRESS);
        }
    },

    /** A round was opened, and nobody has handed in anything. */
    ANNOUNCE(300) {
        @Override
        Optional<Integer> begins(SpecificRecord event) {
            return event instanceof RoundOpened opened ? Optional.of(opened.getRound()) : Optional.empty();
        }

        @Override
        boolean ends(SpecificRecord event, int round) {
            return event instanceof UpdateShard shard && shard.getRound() == round;
        }
    },

    /** The first shard of an update lies there, and no manifest. */
    UPLOAD(40) {
        @Override
        Optional<Integer> begins(SpecificRecord event) {
            return event instanceof UpdateShard shard ? Optional.of(shard.getRound()) : Optional.empty();
        }

        @Override
        boolean ends(SpecificRecord event, int round) {
            return event instanceof UpdateManifest manifest && manifest.getRound() == round;
        }
    },

    /** An update was accepted, and the round is open. */
    SCREENED(20) {
        @Override
        Optional<Integer> begins(SpecificRecord event) {
            return event instanceof UpdateAccepted accepted ? Optional.of(accepted.getRound()) : Optional.empty();
        }

        @Override
        boolean ends(SpecificRecord event, int round) {
            return event instanceof RoundClosed closed && closed.getRound() == round;
        }
    },

    /** The round is closed, and its adapter is not published. */
    CLOSED(20) {
        @Override
        Optional<Integer> begins(SpecificRecord event) {
            return event instanceof RoundClosed closed ? Optional.of(closed.getRound()) : Optional.empty();
        }

        @Override
        boolean ends(SpecificRecord event, int round) {
            return event instanceof AdapterPublished published && published.getRound() == round;
        }
    },

    /** The emulator is aligned again. */
    ALIGN(800) {
        @Override
        Optional<Integer> begins(SpecificRecord event) {
            return assigned(event, TaskKind.ALIGN);
        }

        @Override
        boolean ends(SpecificRecord event, int round) {
            return completed(event, TaskKind.ALIGN);
        }
    },

    /** The owner's evaluation. */
    EVALUATE(500) {
        @Override
        Optional<Integer> begins(SpecificRecord event) {
            return assigned(event, TaskKind.EVALUATE);
        }

        @Override
        boolean ends(SpecificRecord event, int round) {
            return completed(event, TaskKind.EVALUATE);
        }
    },

    /** The product is written, and clients score it. */
    EXPORT(200) {
        @Override
        Optional<Integer> begins(SpecificRecord event) {
            return assigned(event, TaskKind.EXPORT);
        }

        @Override
        boolean ends(SpecificRecord event, int round) {
            return completed(event, TaskKind.EXPORT);
        }
    };

    /** The round of a moment that is of no round. */
    static final int NO_ROUND = 0;

    private final int latestMillis;

    Moment(int latestMillis) {
        this.latestMillis = latestMillis;
    }

    /** The round in which the moment begins with this event, or {@link #NO_ROUND}; empty if it does not. */
    abstract Optional<Integer> begins(SpecificRecord event);

    abstract boolean ends(SpecificRecord event, int round);

    /** How long after its beginning a strike may come and still be likely to hit it. */
    int latestMillis() {
        return latestMillis;
    }

    boolean isOfARound() {
        return this == ANNOUNCE || this == UPLOAD || this == SCREENED || this == CLOSED;
    }

    private static Optional<Integer> assigned(SpecificRecord event, TaskKind kind) {
        return event instanceof ServerTaskAssigned task && task.getKind() == kind
                ? Optional.of(NO_ROUND) : Optional.empty();
    }

    private static boolean completed(SpecificRecord event, TaskKind kind) {
        return event instanceof ServerTaskCompleted task && task.getKind() == kind;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
