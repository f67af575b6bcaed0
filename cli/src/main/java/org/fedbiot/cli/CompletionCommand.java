package org.fedbiot.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Teaches a shell this command line. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Print a script that completes commands and options: source <(./fedbiot completion bash)")
public final class CompletionCommand implements Callable<Integer> {

    /** Shells that can read it. */
    enum Shell {
        BASH,
        ZSH
    }

    @Parameters(index = "0", paramLabel = "SHELL", description = "bash or zsh; both read the same script.")
    private Shell shell;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.println(AutoComplete.bash("fedbiot", spec.root().commandLine()));
        out.flush();
        return ExitCode.OK.code();
    }
}
