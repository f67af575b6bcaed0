package org.fedbiot.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.avro.util.ClassUtils;
import org.fedbiot.schemas.event.AggregationRule;
import org.fedbiot.schemas.event.AggregationSettings;
import org.junit.jupiter.api.Test;

class EventTrustTest {

    @Test
    void shouldLetABuilderFillAnEnumByItsDefault() {
        assertThat(AggregationSettings.newBuilder().build().getRule()).isEqualTo(AggregationRule.MEAN);
    }

    @Test
    void shouldNotTrustOtherClasses() {
        // Given that an event has been used
        assertThat(AggregationSettings.SCHEMA$.getName()).isEqualTo("AggregationSettings");

        assertThatThrownBy(() -> ClassUtils.forName(EventTrustTest.class.getName()))
                .isInstanceOf(SecurityException.class);
    }
}
