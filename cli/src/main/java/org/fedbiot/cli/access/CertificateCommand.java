package org.fedbiot.cli.access;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.fedbiot.cli.UserError;
import org.fedbiot.cli.output.Output;
import org.fedbiot.infra.CertificateAuthority;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes certificates for a trial. */
@Command(
        name = "certificate",
        mixinStandardHelpOptions = true,
        description = "Make a key and a certificate by an authority for trials, and the authority if it is not there."
                + " The authority's own certificate is ca.pem in its directory: what everybody trusts.")
public final class CertificateCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "NAME", description = "Becomes the CN; under mTLS the user's name.")
    private String name;

    @Option(names = "--dir", required = true, paramLabel = "DIR", description = "The authority's directory.")
    private Path directory;

    @Option(names = "--host", paramLabel = "HOST", description = "A name or address that a server is reached at;"
            + " repeatable, none for a client.")
    private List<String> hosts = new ArrayList<>();

    @Mixin
    private Output output;

    /** What was made; the names of its JSON are public. */
    private record Made(String file) {
    }

    @Override
    public Integer call() {
        try {
            Path file = CertificateAuthority.in(directory).issue(name, hosts);
            output.print(new Made(file.toString()), () -> List.of(file.toString()));
            return 0;
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new UserError(e.getMessage(), e);
        }
    }
}
