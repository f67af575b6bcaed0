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
            Optional<Located<ServerMoment>> found = log.inherited(shard, moment);
            if (found.isEmpty()) {
                findings.accept(Finding.hole(1, "moment " + moment + " of shard " + shard + " of the server optimiser,"
                        + " which the run began with, is not in topic " + Topics.SERVER_MOMENT.name() + ", key "
                        + EventKeys.moment(log.runId(), 0, shard, moment)));
                return Optional.empty();
            }
            ByteBuffer data = found.get().event().getData();
            String sha256 = Sha256.of(data);
            if (data.remaining() != bytes || !sha256.equals(found.get().event().getSha256())) {
                findings.accept(Finding.otherBytes(1, found.get().place() + ": moment " + moment + " of shard " + shard
                        + " has " + data.remaining() + " bytes with sha256 " + sha256 + ", it must be " + bytes
                        + " with " + found.get().event().getSha256()));
                return Optional.empty();
            }
            whole.put(data.duplicate());
        }
        return Optional.of(LittleEndian.floats(whole.flip()));
    }
}
