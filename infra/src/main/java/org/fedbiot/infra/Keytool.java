package org.fedbiot.infra;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The JDK's own tool for keys and certificates, as a child process, on one keystore. */
record Keytool(Path keystore, Secret password) {

    private static final String PASSWORD_VARIABLE = "FEDBIOT_KEYSTORE_PASSWORD";

    /** Makes a key (P-256) and its certificate, valid for ten years. */
    void generate(String alias, List<String> options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair",
                "-keystore", keystore.toString(), "-storetype", "PKCS12", "-storepass:env", PASSWORD_VARIABLE,
                "-alias", alias, "-dname", "CN=" + alias, "-keyalg", "EC", "-groupname", "secp256r1",
                "-validity", "3650"));
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(PASSWORD_VARIABLE, password.value());
        try {
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new IllegalStateException("keytool cannot make a certificate for " + alias + ": " + said);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot run " + command.get(0) + " of the JDK: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while keytool made a certificate for " + alias, e);
        }
    }
}
