package org.fedbiot.cli.experiment.cost;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.fedbiot.cli.experiment.Cell;
import org.fedbiot.cli.experiment.CellResult;
import org.fedbiot.cli.report.RunRecord;
import org.fedbiot.learning.model.LlamaConfig;
import org.fedbiot.schemas.event.Link;
import org.fedbiot.schemas.event.LinkSettings;
import org.fedbiot.schemas.event.RunAccepted;
import org.fedbiot.schemas.topic.Topics;

/**
 * A finished cell with what its run costs.
 *
 * @param decisions of its run, in their order
 */
record PricedCell(Cell cell, PricedRun run, List<SpecificRecord> decisions) {

    private static final LinkSettings NO_LINKS = LinkSettings.newBuilder().setEvery(Link.newBuilder().build()).build();

    PricedCell {
        decisions = List.copyOf(decisions);
    }

    /** @return empty where the run was not even accepted */
    static Optional<PricedCell> of(CellResult result, LlamaConfig config, Function<Cell, Texts> texts) {
        return result.run().flatMap(RunRecord::accepted).map(RunAccepted::getSpec).map(spec -> new PricedCell(
                result.cell(), new PricedRun(spec, config, texts.apply(result.cell())),
                result.run().orElseThrow().entries().stream()
                        .filter(entry -> entry.topic().equals(Topics.DECISION.name()))
                        .map(RunRecord.Entry::event).toList()));
    }

    /** With every link at one bandwidth; delays and rates are the run's, or where it has none the schema's. */
    Timeline timeline(Exchange exchange, long bitsPerSecond) {
        LinkSettings links = Optional.ofNullable(run.spec().getLinks()).orElse(NO_LINKS);
        return SimulatedTime.of(run, new LinkClock(links).at(bitsPerSecond), exchange, decisions);
    }
}
