package com.fasterxml.jackson.datatype.jsr310;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;

import java.io.IOException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.function.Function;

/** Days and instants as ISO 8601 text: what generated clients need of Jackson's module for java.time, which Debian does not have. */
public class JavaTimeModule extends SimpleModule {
    private static class Reader<T> extends StdDeserializer<T> {
        private final transient Function<String, T> read;

        Reader(Class<T> type, Function<String, T> read) {
            super(type);
            this.read = read;
        }

        @Override
        public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return read.apply(parser.getText());
        }
    }

    public JavaTimeModule() {
        addSerializer(LocalDate.class, new ToStringSerializer());
        addSerializer(OffsetDateTime.class, new ToStringSerializer());
        addDeserializer(LocalDate.class, new Reader<>(LocalDate.class, LocalDate::parse));
        addDeserializer(OffsetDateTime.class, new Reader<>(OffsetDateTime.class, OffsetDateTime::parse));
    }
}
