package org.fedbiot.infra;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who may change what the registry holds. Everybody may read it: schemas are no secret, and every client needs them.
 * Somebody who could register what they like could take the ids and the names that others' records stand on.
 */
public final class RegistryAccess {

    private static final String BASIC = "Basic ";

    private final Optional<Map<String, Secret>> writers;

    private RegistryAccess(Optional<Map<String, Secret>> writers) {
        this.writers = writers;
    }

    /** Everybody may write. */
    public static RegistryAccess open() {
        return new RegistryAccess(Optional.empty());
    }

    /** @param passwords of those who may write, by name; with none, what the registry was started with is all */
    public static RegistryAccess writers(Map<String, Secret> passwords) {
        return new RegistryAccess(Optional.of(Map.copyOf(passwords)));
    }

    /** Whether the registry has to hold every schema before anybody comes. */
    boolean isRestricted() {
        return writers.isPresent();
    }

    /**
     * @param authorization the HTTP header; null without one
     * @throws RegistryRefusal 401 if it would change something and is not by a writer
     */
    void check(String method, List<String> path, String authorization) {
        if (writers.isPresent() && isWrite(method, path) && !isWriter(authorization)) {
            throw RegistryRefusal.unauthorized();
        }
    }

    private static boolean isWrite(String method, List<String> path) {
        return switch (method) {
            case "GET" -> false;
            // A look-up and a compatibility check come as POST too, and change nothing.
            case "POST" -> path.size() == 3 && path.get(0).equals("subjects") && path.get(2).equals("versions");
            default -> true;
        };
    }

    private boolean isWriter(String authorization) {
        if (authorization == null || !authorization.startsWith(BASIC)) {
            return false;
        }
        return writers.orElseThrow().entrySet().stream()
                .map(writer -> writer.getKey() + ":" + writer.getValue().value())
                .map(expected -> Base64.getEncoder().encodeToString(expected.getBytes(StandardCharsets.UTF_8)))
                .anyMatch(expected -> MessageDigest.isEqual(expected.getBytes(StandardCharsets.US_ASCII),
                        authorization.substring(BASIC.length()).strip().getBytes(StandardCharsets.US_ASCII)));
    }
}
