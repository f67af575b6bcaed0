package org.fedbiot.cli.observe;

import java.util.ArrayList;
import java.util.List;
import org.fedbiot.observer.Attention;
import org.fedbiot.observer.Headline;
import org.fedbiot.observer.Picture;
import org.fedbiot.observer.RunPicture;
import org.fedbiot.observer.SpecSummary;

/**
 * A run in a list; the names of its JSON are public.
 *
 * @param phase where it stands; of one that has ended, its outcome
 * @param rounds it has in all, 0 where that is not known
 * @param since ISO 8601, when it came there
 * @param findings that a person should look at
 */
public record RunListing(String runId, String phase, int roundsDone, int rounds, String model, String since,
        String headline, int findings) {

    /** In the order in which they were accepted. */
    public static List<RunListing> of(Picture picture, long nowMillis) {
        return picture.runs().stream().map(run -> of(run, picture, nowMillis)).toList();
    }

    private static RunListing of(RunPicture run, Picture picture, long nowMillis) {
        return new RunListing(run.runId(), phase(run), run.roundsDone(), run.spec().map(SpecSummary::rounds).orElse(0),
                run.spec().map(SpecSummary::model).orElse(""), Moments.iso(run.phaseSinceMillis()),
                Headline.of(run).text(), Attention.of(run, picture, nowMillis).size());
    }

    static String phase(RunPicture run) {
        return run.endedMillis() > 0 ? run.outcome().name() : run.phase().name();
    }

    public static List<String> table(List<RunListing> runs) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format("%-40s %-14s %-9s %-24s %s", "run", "phase", "rounds", "model", "what"));
        for (RunListing run : runs) {
            lines.add(String.format("%-40s %-14s %-9s %-24s %s%s", run.runId, run.phase, run.roundsDone + " of "
                    + run.rounds, run.model, run.headline, run.findings == 0 ? "" : "; to look at: " + run.findings));
        }
        return lines;
    }
}
