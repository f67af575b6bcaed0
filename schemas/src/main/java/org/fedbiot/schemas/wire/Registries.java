package org.fedbiot.schemas.wire;

import java.util.Map;

/** The registry that a serde's configuration names: {@code schema.registry.url}, {@code basic.auth.user.info}. */
public final class Registries {

    private static final String MOCK = "mock://";

    private Registries() {
    }

    public static SchemaRegistry of(Map<String, ?> configuration) {
        String url = RegistryAddress.text(configuration);
        return url.startsWith(MOCK)
                ? InMemorySchemaRegistry.named(url.substring(MOCK.length()))
                : RestSchemaRegistry.of(configuration);
    }
}
