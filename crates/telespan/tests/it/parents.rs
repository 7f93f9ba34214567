//! A caller's decision holds, whatever the sampling rate, from header fields and from the environment.

use std::ffi::OsString;

use telespan::{Environment, PerMillion, Propagated, extract};

use crate::support::{Place, TRANSPORTS, names, shut_down, two_spans};

pub(crate) const SAMPLED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const UNSAMPLED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

type Arrive = fn(&str) -> Propagated;

/// The ways for a parent to come in.
const CARRIERS: [(&str, Arrive); 2] = [("headers", by_headers), ("environment", by_environment)];

fn by_headers(traceparent: &str) -> Propagated {
    extract(&[("Traceparent", traceparent)][..])
}

fn by_environment(traceparent: &str) -> Propagated {
    let variables = [("PATH", "/bin"), ("TRACEPARENT", traceparent)];
    let variables = variables.map(|(name, value)| (OsString::from(name), OsString::from(value)));
    extract(&variables.into_iter().collect::<Environment>())
}

#[test]
fn everything_below_a_sampled_parent_is_exported_at_rate_zero() {
    for transport in TRANSPORTS {
        for (carrier, arrive) in CARRIERS {
            let place = Place::new(transport);
            let guard = place.telespan().sampling_rate(PerMillion::ZERO).start().unwrap();
            let parent = arrive(SAMPLED).parent.unwrap();
            two_spans(&guard, Some(parent.clone()));
            two_spans(&guard, None);
            assert_eq!(shut_down(guard).ended, 2, "{transport:?} {carrier}");
            let spans = place.spans();
            assert_eq!(names(&spans), ["inner", "outer"]);
            assert!(spans.iter().all(|span| span.trace_id == parent.trace_id().to_bytes()));
            let outer = spans.iter().find(|span| span.name == "outer").unwrap();
            assert_eq!(outer.parent_span_id, parent.span_id().to_bytes());
        }
    }
}

#[test]
fn nothing_below_an_unsampled_parent_is_exported_at_any_rate() {
    for transport in TRANSPORTS {
        for (carrier, arrive) in CARRIERS {
            let place = Place::new(transport);
            let guard = place.telespan().sampling_rate(PerMillion::ALL).start().unwrap();
            two_spans(&guard, Some(arrive(UNSAMPLED).parent.unwrap()));
            assert_eq!(shut_down(guard).ended, 0, "{transport:?} {carrier}");
            assert_eq!(place.spans().len(), 0);
            if let Some(collector) = &place.collector {
                assert_eq!(collector.connections(), 0);
            }
        }
    }
}
