package org.fedbiot.schemas.wire;

import java.util.Map;

/** The registry that a serde's configuration names. */
final class Registries {

    private static final String MOCK = "mock://";

    private Registries() {
    }

    static SchemaRegistry of(Map<String, ?> configuration) {
        String url = RegistryAddress.text(configuration);
        return url.startsWith(MOCK)
                ? InMemorySchemaRegistry.named(url.substring(MOCK.length()))
                : RestSchemaRegistry.of(configuration);
    }
}
