package org.fedbiot.cli.replay;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.fedbiot.aggregator.ClosedRound;
import org.fedbiot.schemas.event.RoundClosed;
import org.fedbiot.schemas.event.ServerMoment;
import org.fedbiot.schemas.integrity.LittleEndian;
import org.fedbiot.schemas.integrity.Sha256;
import org.fedbiot.schemas.integrity.ShardPlan;
import org.fedbiot.schemas.topic.Topics;
import org.fedbiot.schemas.wire.EventKeys;

/** The server optimiser's state that a run's first fold goes on from: a fork's is in its log, any other has none. */
final class InheritedMoments {

    private final RunLog log;
    private final ShardPlan cut;
    private final Consumer<Finding> findings;

    InheritedMoments(RunLog log, ShardPlan cut, Consumer<Finding> findings) {
        this.log = log;
        this.cut = cut;
        this.findings = findings;
    }

    /**
     * By shard, as the kernel takes it; empty if one that is asked for is not there, which is a finding.
     *
     * @param first close of the run, which asks for them
     */
    Optional<List<Optional<float[]>>> read(Optional<RoundClosed> first) {
        int moments = first.map(ClosedRound::inheritedMoments).orElse(0);
        if (moments == 0) {
            return Optional.of(Collections.nCopies(cut.shards(), Optional.empty()));
        }
        List<Optional<float[]>> state = new ArrayList<>();
        for (int shard = 0; shard < cut.shards(); shard++) {
            Optional<float[]> whole = shard(shard, moments);
            if (whole.isEmpty()) {
                return Optional.empty();
            }
            state.add(whole);
        }
        return Optional.of(state);
    }

    private Optional<float[]> shard(int shard, int moments) {
        int bytes = (cut.end(shard) - cut.start(shard)) * Float.BYTES;
        ByteBuffer whole = ByteBuffer.allocate(moments * bytes);
        for (int moment = 0; moment < moments; moment++) {
            List<Located<ServerMoment>> claimed = log.inherited(shard, moment);
            Optional<Located<ServerMoment>> found = claimed.stream().filter(one -> fits(one, bytes)).findFirst();
            if (found.isEmpty()) {
                findings.accept(claimed.isEmpty() ? missing(shard, moment) : unfit(claimed.get(0), bytes));
                return Optional.empty();
            }
            whole.put(found.get().event().getData().duplicate());
        }
        return Optional.of(LittleEndian.floats(whole.flip()));
    }

    /** As the aggregator took it: what it passed over as it ran is passed over here. */
    private boolean fits(Located<ServerMoment> moment, int bytes) {
        ServerMoment event = moment.event();
        return moment.place().partition() == cut.partition(event.getShard()) && event.getData().remaining() == bytes
                && Sha256.of(event.getData()).equals(event.getSha256());
    }

    private Finding missing(int shard, int moment) {
        return Finding.hole(1, "moment " + moment + " of shard " + shard + " of the server optimiser, which the run began"
                + " with, is not in topic " + Topics.SERVER_MOMENT.name() + ", key "
                + EventKeys.moment(log.runId(), 0, shard, moment));
    }

    private Finding unfit(Located<ServerMoment> found, int bytes) {
        ServerMoment event = found.event();
        return Finding.otherBytes(1, found.place() + ": moment " + event.getMoment() + " of shard " + event.getShard()
                + " has " + event.getData().remaining() + " bytes with sha256 " + Sha256.of(event.getData())
                + ", it must be " + bytes + " with " + event.getSha256() + ", in partition "
                + cut.partition(event.getShard()));
    }
}
