package org.fedbiot.cli.data;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.fedbiot.cli.ExitCode;
import org.fedbiot.cli.output.Output;
import org.fedbiot.learning.data.DataSurvey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Says what a data file holds, before a run does. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Say what a JSONL file holds: forms, counts, lengths, empty replies, duplicates, and the first line"
                + " that cannot be used. Shows nothing of any record's text.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:every line can be used", "1:the file cannot be read", "7:some lines cannot be used"})
public final class CheckCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "FILE", description = "JSONL, one record a line.")
    private Path file;

    @Mixin
    private Output output;

    @Override
    public Integer call() {
        DataSurvey survey = DataSurvey.read(file);
        DataReport report = DataReport.of(file, survey);
        output.print(report, report::table);
        return (survey.usable() > 0 && survey.skipped().isEmpty() ? ExitCode.OK : ExitCode.UNUSABLE_RECORDS).code();
    }
}
