package org.fedbiot.infra;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An authority for trials, in a directory whose files its owner alone may read: {@code ca.pem} is its certificate, which
 * everybody trusts, {@code NAME.pem} the key and the certificate of somebody whom it speaks for, {@code ca.p12} and
 * {@code ca.password} what it keeps for itself. Its work is done by the JDK's {@code keytool}.
 */
public final class CertificateAuthority {

    private static final String AUTHORITY = "ca";
    /** What a broker takes a CN for a user's name. */
    private static final String NAME = "[A-Za-z0-9._-]{1,64}";

    private final Path directory;
    private final Keytool keytool;

    private CertificateAuthority(Path directory, Keytool keytool) {
        this.directory = directory;
        this.keytool = keytool;
    }

    /**
     * The one that the directory holds; a new one if it holds none.
     *
     * @throws IllegalStateException if its files cannot be written or read
     */
    public static CertificateAuthority in(Path directory) {
        Path home = directory.toAbsolutePath();
        Path password = home.resolve("ca.password");
        try {
            if (!Files.exists(password)) {
                Files.createDirectories(home, PosixFilePermissions.asFileAttribute(
                        PosixFilePermissions.fromString("rwx------")));
                PemFile.writePrivately(password, Secret.random().value());
            }
            CertificateAuthority authority = new CertificateAuthority(home,
                    new Keytool(home.resolve("ca.p12"), new Secret(Files.readString(password))));
            if (!Files.exists(authority.certificate())) {
                authority.keytool.generate(AUTHORITY, List.of("-ext", "bc:critical=ca:true"));
                Files.setPosixFilePermissions(authority.keytool.keystore(), PosixFilePermissions.fromString("rw-------"));
                authority.publish(AUTHORITY, false);
            }
            return authority;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("no certificate authority in " + home + ": " + e, e);
        }
    }

    /** What everybody trusts. */
    public Path certificate() {
        return directory.resolve(AUTHORITY + ".pem");
    }

    /**
     * The key and certificate of somebody, with CN=name; made if there are none of that name yet.
     *
     * @param hosts names and addresses that a server is reached at; none for a client
     * @return the PEM file with both, readable by its owner alone
     * @throws IllegalArgumentException if the name could be read as anything but a plain CN
     * @throws IllegalStateException if it cannot be made
     */
    public Path issue(String name, List<String> hosts) {
        if (!name.matches(NAME) || name.equals(AUTHORITY)) {
            throw new IllegalArgumentException("a certificate's name is " + NAME + " and not " + AUTHORITY + ": "
                    + name);
        }
        Path file = directory.resolve(name + ".pem");
        if (Files.exists(file)) {
            return file;
        }
        List<String> options = new ArrayList<>(List.of("-signer", AUTHORITY));
        if (!hosts.isEmpty()) {
            options.addAll(List.of("-ext", "san=" + hosts.stream().map(CertificateAuthority::subjectName)
                    .collect(Collectors.joining(","))));
        }
        keytool.generate(name, options);
        try {
            publish(name, true);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot write " + file + ": " + e, e);
        }
        return file;
    }

    private void publish(String name, boolean withKey) throws IOException, GeneralSecurityException {
        char[] password = keytool.password().value().toCharArray();
        KeyStore store = KeyStore.getInstance(keytool.keystore().toFile(), password);
        StringBuilder pem = new StringBuilder();
        if (withKey) {
            PrivateKey key = (PrivateKey) store.getKey(name, password);
            pem.append(PemFile.block("PRIVATE KEY", key.getEncoded()));
        }
        for (Certificate certificate : store.getCertificateChain(name)) {
            pem.append(PemFile.block("CERTIFICATE", certificate.getEncoded()));
        }
        PemFile.writePrivately(directory.resolve(name + ".pem"), pem.toString());
    }

    private static String subjectName(String host) {
        return (host.matches("[0-9.]+|.*:.*") ? "ip:" : "dns:") + host;
    }
}
