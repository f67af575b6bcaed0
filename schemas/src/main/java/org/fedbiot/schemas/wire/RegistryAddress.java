package org.fedbiot.schemas.wire;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a registry is, from a serde's configuration: {@code schema.registry.url}, one or several separated by commas,
 * a base path allowed; {@code basic.auth.user.info} as {@code user:password}, or the same in the url.
 *
 * @param urls without a slash at the end and without credentials
 * @param authorization value of the HTTP header, if any
 */
record RegistryAddress(List<URI> urls, Optional<String> authorization) {

    static final String URL = "schema.registry.url";
    static final String USER_INFO = "basic.auth.user.info";

    RegistryAddress {
        urls = List.copyOf(urls);
        Objects.requireNonNull(authorization, "authorization");
        if (urls.isEmpty()) {
            throw new IllegalArgumentException(URL + " names no registry");
        }
    }

    static RegistryAddress of(Map<String, ?> configuration) {
        List<URI> urls = new ArrayList<>();
        Optional<String> userInfo = Optional.ofNullable((String) configuration.get(USER_INFO));
        for (String url : text(configuration).split(",")) {
            URI given = parse(url.strip());
            userInfo = userInfo.or(() -> Optional.ofNullable(given.getUserInfo()));
            urls.add(bare(given));
        }
        return new RegistryAddress(urls, userInfo.map(RegistryAddress::basic));
    }

    static String text(Map<String, ?> configuration) {
        Object url = configuration.get(URL);
        if (url == null || url.toString().isBlank()) {
            throw new IllegalArgumentException(URL + " is not set: a serde needs a schema registry");
        }
        return url.toString();
    }

    /** Never with credentials in it: this is what error messages say. */
    @Override
    public String toString() {
        return urls.toString();
    }

    private static URI parse(String url) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(URL + " is not a url: " + withoutUser(url), e);
        }
        if (!Arrays.asList("http", "https").contains(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException(URL + " must be http://host[:port][/path] or https://…, not "
                    + withoutUser(url));
        }
        return uri;
    }

    private static String withoutUser(String url) {
        return url.replaceFirst("//[^/@]*@", "//…@");
    }

    private static URI bare(URI given) {
        String port = given.getPort() < 0 ? "" : ":" + given.getPort();
        String path = given.getRawPath() == null ? "" : given.getRawPath().replaceFirst("/+$", "");
        return URI.create(given.getScheme() + "://" + given.getHost() + port + path);
    }

    private static String basic(String userInfo) {
        return "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
    }
}
