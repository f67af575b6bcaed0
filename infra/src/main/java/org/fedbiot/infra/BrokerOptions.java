package org.fedbiot.infra;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * What an embedded broker is started with.
 *
 * @param directory made and formatted if need be; belongs to one running broker at a time
 * @param port of the client listener, 0 for any free one
 * @param quorum its seat among several nodes; a node alone without one
 * @param security open to everybody on this machine without
 */
public record BrokerOptions(Path directory, int port, Optional<Quorum> quorum, Optional<BrokerSecurity> security) {

    private static final int ALONE = 1;

    public BrokerOptions {
        Objects.requireNonNull(quorum, "quorum");
        Objects.requireNonNull(security, "security");
        directory = directory.toAbsolutePath();
    }

    public BrokerOptions(Path directory, int port) {
        this(directory, port, Optional.empty(), Optional.empty());
    }

    public BrokerOptions in(Quorum seat) {
        return new BrokerOptions(directory, port, Optional.of(seat), security);
    }

    public BrokerOptions secured(BrokerSecurity locks) {
        return new BrokerOptions(directory, port, quorum, Optional.of(locks));
    }

    int nodeId() {
        return quorum.map(Quorum::nodeId).orElse(ALONE);
    }

    Path data() {
        return directory.resolve("data");
    }
}
