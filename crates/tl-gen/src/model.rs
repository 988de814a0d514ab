//! The selected part of the schema: which constructors and methods, in which directions, with
//! which id in which layer, and how Rust names their types.

use std::collections::{BTreeMap, BTreeSet};

use crate::names;
use crate::parse::{Definition, Field, Type, parse_schema};
use crate::rules::{Pattern, Rules, Select, read_select};
use crate::{Inputs, Options, Problems};

/// Oldest layer that answers are written for. Requests are read in every layer of the schema.
/// Chosen: 148 has topics, usernames and everything of pictures but suggestions; older clients
/// are told to update.
pub const LAYER_MIN: i32 = 148;

/// All definitions of one name, over all layers.
#[derive(Clone, Debug)]
pub struct Group {
    /// TL name.
    pub name: String,
    /// One per id, oldest first.
    pub variants: Vec<Definition>,
    /// Definitions of other names that are read as this one (rules `alias` and `also`).
    pub(crate) aliases: Vec<Definition>,
    /// Whether code that writes it is wanted.
    pub(crate) put: bool,
    /// Whether code that reads it is wanted.
    pub(crate) get: bool,
}

impl Group {
    /// The definition that the Rust type follows.
    pub(crate) fn newest(&self) -> &Definition {
        let newest = self
            .variants
            .iter()
            .max_by_key(|variant| variant.last_layer());
        newest.unwrap_or(&self.variants[0])
    }

    /// Which variant each layer from the floor on has, as (last layer, index); the last entry
    /// stands for all newer layers too. Layers unknown to the schema are like the one before.
    pub(crate) fn segments(&self, newest_layer: i32) -> Vec<(i32, Option<usize>)> {
        if self
            .variants
            .iter()
            .all(|variant| variant.layers.is_empty())
        {
            return vec![(i32::MAX, Some(0))];
        }
        let first = self
            .variants
            .iter()
            .map(Definition::first_layer)
            .min()
            .unwrap_or(i32::MIN);
        let last = self
            .variants
            .iter()
            .map(Definition::last_layer)
            .max()
            .unwrap_or(i32::MIN);
        let mut segments: Vec<(i32, Option<usize>)> = Vec::new();
        let mut current = None;
        for layer in first.min(LAYER_MIN)..=newest_layer {
            let found = self
                .variants
                .iter()
                .position(|variant| variant.in_layer(layer));
            current = found.or(current.filter(|_| layer < last));
            if layer < LAYER_MIN {
                continue;
            }
            match segments.last_mut() {
                Some(open) if open.1 == current => open.0 = layer,
                _ => segments.push((layer, current)),
            }
        }
        if let Some(open) = segments.last_mut() {
            open.0 = i32::MAX;
        }
        segments
    }

    /// Closed layer ranges from the floor on in which the name does not exist.
    pub(crate) fn absent(&self, newest_layer: i32) -> Vec<(i32, i32)> {
        let mut start = i32::MIN;
        let mut absent = Vec::new();
        for (last, variant) in self.segments(newest_layer) {
            if variant.is_none() {
                absent.push((start, last));
            }
            start = last.saturating_add(1);
        }
        absent
    }
}

/// Schema, selection and rules in one.
#[derive(Debug)]
pub struct Model {
    /// Every definition of the schema.
    pub all: Vec<Definition>,
    /// Newest layer of the schema.
    pub newest_layer: i32,
    /// Selected constructors by name.
    pub constructors: BTreeMap<String, Group>,
    /// Selected methods by name.
    pub methods: BTreeMap<String, Group>,
    /// For each type of the schema, the names of all its constructors.
    pub(crate) unions: BTreeMap<String, BTreeSet<String>>,
    /// Types with values that some layer we write has no form for.
    partial: BTreeSet<String>,
    pub(crate) rules: Rules,
    pub(crate) options: Options,
}

impl Model {
    /// Reads the texts, selects, and follows types to find out what is written and what is read.
    ///
    /// # Errors
    /// Lines that are not understood, patterns that match nothing, missing constructors.
    pub fn new(inputs: Inputs<'_>, options: Options) -> Result<Self, Problems> {
        let mut all = parse_schema(inputs.api)?;
        all.extend(parse_schema(inputs.extra)?);
        let rules = Rules::read(inputs.rules)?;
        let newest_layer = all
            .iter()
            .map(Definition::last_layer)
            .max()
            .unwrap_or(LAYER_MIN);
        let mut unions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for definition in all.iter().filter(|definition| !definition.method) {
            let aliased = rules.all("alias").any(|(from, _)| from == definition.name);
            if let (false, Type::Named(name)) = (aliased, &definition.result) {
                unions
                    .entry(name.clone())
                    .or_default()
                    .insert(definition.name.clone());
            }
        }
        let (constructors, methods) = (BTreeMap::new(), BTreeMap::new());
        let mut model = Self {
            all,
            newest_layer,
            constructors,
            methods,
            unions,
            partial: BTreeSet::new(),
            rules,
            options,
        };
        let mut problems = model.select(&read_select(inputs.select)?);
        problems.extend(model.attach_aliases());
        problems.extend(model.directions());
        model.find_partial();
        if problems.is_empty() {
            Ok(model)
        } else {
            Err(Problems(problems))
        }
    }

    fn select(&mut self, patterns: &[Pattern]) -> Vec<String> {
        let mut problems = Vec::new();
        for pattern in patterns {
            let method = pattern.kind == Select::Method;
            let fits = |d: &&Definition| d.method == method && pattern.matches(&d.name);
            let found: Vec<_> = self.all.iter().filter(fits).cloned().collect();
            if found.is_empty() {
                problems.push(format!("select.txt: `{}` matches nothing", pattern.text));
            }
            let groups = if method {
                &mut self.methods
            } else {
                &mut self.constructors
            };
            for definition in found {
                let group = groups
                    .entry(definition.name.clone())
                    .or_insert_with(|| Group {
                        name: definition.name.clone(),
                        variants: Vec::new(),
                        aliases: Vec::new(),
                        put: false,
                        get: false,
                    });
                group.put |= pattern.kind == Select::Send;
                group.get |= pattern.kind != Select::Send;
                if !group.variants.contains(&definition) {
                    group.variants.push(definition);
                    group.variants.sort_by_key(Definition::first_layer);
                }
            }
        }
        problems
    }

    fn attach_aliases(&mut self) -> Vec<String> {
        let mut problems = Vec::new();
        let kinds = ["alias", "also"];
        let rules = kinds.map(|kind| self.rules.all(kind).map(move |(from, to)| (kind, from, to)));
        for (kind, from, to) in rules.into_iter().flatten() {
            self.rules.has(kind, from);
            let target = to.first().and_then(|to| self.constructors.get_mut(to));
            let Some(target) = target else {
                problems.push(format!("rules.txt: `{kind} {from}` has no selected target"));
                continue;
            };
            let same_name = |definition: &&Definition| definition.name == from;
            target
                .aliases
                .extend(self.all.iter().filter(same_name).cloned());
        }
        problems
    }

    /// Marks what answers reach as written and what requests reach as read.
    fn directions(&mut self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut written: Vec<String> = Vec::new();
        let mut read: Vec<String> = Vec::new();
        for group in self.constructors.values() {
            let names = group
                .variants
                .iter()
                .flat_map(|variant| self.fields_named(variant));
            let list = if group.put { &mut written } else { &mut read };
            list.extend(names.chain([Self::result_of(group)]));
        }
        for group in self.methods.values() {
            for variant in &group.variants {
                read.extend(self.fields_named(variant));
            }
            if let Some(name) = group.newest().result.named() {
                if !self.is_known(name) {
                    let method = &group.name;
                    problems.push(format!("{method}: no constructor of {name} is selected"));
                }
                written.push(name.to_owned());
            }
        }
        let written = self.closure(written);
        let read = self.closure(read);
        let client = self.options.client;
        for group in self.constructors.values_mut() {
            let name = Self::result_of(group);
            group.put |= client || written.contains(&name);
            group.get |= client || read.contains(&name);
        }
        for group in self.methods.values_mut() {
            group.put = client;
        }
        problems
    }

    fn result_of(group: &Group) -> String {
        group.newest().result.named().unwrap_or_default().to_owned()
    }

    fn fields_named(&self, definition: &Definition) -> Vec<String> {
        let names = definition
            .fields
            .iter()
            .filter_map(|field| field.ty.named());
        names
            .filter(|name| self.is_known(name))
            .map(str::to_owned)
            .collect()
    }

    fn closure(&self, mut open: Vec<String>) -> BTreeSet<String> {
        let mut done = BTreeSet::new();
        while let Some(name) = open.pop() {
            if done.insert(name.clone()) {
                for group in self.selected_of(&name) {
                    let definitions = group.variants.iter().chain(&group.aliases);
                    open.extend(definitions.flat_map(|variant| self.fields_named(variant)));
                }
            }
        }
        done
    }

    /// The selected constructors of a type, by name.
    pub(crate) fn selected_of(&self, type_name: &str) -> impl Iterator<Item = &Group> {
        let names = self.unions.get(type_name).into_iter().flatten();
        names.filter_map(|name| self.constructors.get(name))
    }

    /// Whether a constructor of the type is selected.
    pub(crate) fn is_known(&self, type_name: &str) -> bool {
        self.selected_of(type_name).next().is_some()
    }

    /// Whether values of the type can be held at all.
    pub(crate) fn is_usable(&self, ty: &Type) -> bool {
        ty.named().is_none_or(|name| self.is_known(name)) && *ty != Type::Any
    }

    /// Whether the type has one constructor in all layers and so is that struct itself.
    pub(crate) fn is_single(&self, type_name: &str) -> bool {
        self.unions
            .get(type_name)
            .is_some_and(|names| names.len() == 1)
    }

    /// Collects the types with values that may have to be left out: a constructor is missing in
    /// some layer, or holds a mandatory value that may have to be left out itself.
    fn find_partial(&mut self) {
        loop {
            let before = self.partial.len();
            let found: Vec<String> = self
                .unions
                .keys()
                .filter(|name| {
                    self.selected_of(name)
                        .any(|group| self.may_be_absent(name, group))
                })
                .cloned()
                .collect();
            self.partial.extend(found);
            if self.partial.len() == before {
                return;
            }
        }
    }

    fn may_be_absent(&self, type_name: &str, group: &Group) -> bool {
        // A field of a type with one constructor is newer than that constructor.
        let missing = !self.is_single(type_name) && !group.absent(self.newest_layer).is_empty();
        missing || self.partial_fields(group).next().is_some()
    }

    /// Whether a value of the type may have to be left out in some layer.
    pub(crate) fn is_partial(&self, ty: &Type) -> bool {
        matches!(ty, Type::Named(name) if self.partial.contains(name))
    }

    /// Mandatory fields whose value may be missing in a layer with nothing to stand in for it.
    pub(crate) fn partial_fields<'a>(
        &'a self,
        group: &'a Group,
    ) -> impl Iterator<Item = &'a Field> + use<'a> {
        let has_stand_in = |field: &Field| {
            field
                .ty
                .named()
                .is_some_and(|name| self.rules.has("standin", name))
        };
        let is_whole = self.rules.has("whole", &group.name);
        self.struct_fields(group).filter(move |field| {
            !is_whole && field.flag.is_none() && self.is_partial(&field.ty) && !has_stand_in(field)
        })
    }

    /// The Rust text of a type.
    pub(crate) fn rust_type(&self, ty: &Type) -> String {
        match ty {
            Type::FlagWord => "u32".into(),
            Type::True | Type::Bool => "bool".into(),
            Type::Int => "i32".into(),
            Type::Long => "i64".into(),
            Type::Double => "f64".into(),
            Type::Int128 => "[u8; 16]".into(),
            Type::Int256 => "[u8; 32]".into(),
            Type::Str => "String".into(),
            Type::Bytes => "bytes::Bytes".into(),
            Type::Vector(inner) => format!("Vec<{}>", self.rust_type(inner)),
            Type::Any => "()".into(),
            Type::Named(name) if self.is_single(name) => {
                let only = self.unions[name].first().map_or("", String::as_str);
                names::path("types", only)
            }
            Type::Named(name) => names::path("enums", name),
        }
    }

    /// The Rust text of a struct field's type.
    pub(crate) fn field_type(&self, field: &Field) -> String {
        let ty = self.rust_type(&field.ty);
        if field.flag.is_some() && field.ty != Type::True {
            format!("Option<{ty}>")
        } else {
            ty
        }
    }

    /// The fields that the Rust struct has: those of the newest definition that can be held, and
    /// whose bit is not shared with one that cannot.
    pub(crate) fn struct_fields<'a>(
        &'a self,
        group: &'a Group,
    ) -> impl Iterator<Item = &'a Field> + use<'a> {
        let fields = &group.newest().fields;
        fields.iter().filter(|field| {
            let is_partner = |other: &&Field| other.flag.is_some() && other.flag == field.flag;
            field.ty != Type::FlagWord
                && self.is_usable(&field.ty)
                && fields
                    .iter()
                    .filter(is_partner)
                    .all(|other| self.is_usable(&other.ty))
        })
    }
}
