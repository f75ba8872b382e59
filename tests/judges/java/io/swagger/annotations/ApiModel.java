package io.swagger.annotations;

/** What generated models are marked with; Debian has no package of it. It changes nothing of what they do. */
public @interface ApiModel {
    String value() default "";

    String description() default "";
}
