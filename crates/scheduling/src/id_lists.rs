//! Statements that read the rows of many ids at once. They use `IN` with a fixed number of parameters, because SQLite
//! has no arrays.

use kit::Id;
use kit::db::Value;

/// The number of ids that one statement takes.
const IDS: usize = 128;

/// The parameters for one list of [`id_lists`], for use in `IN (…)` of a statement that has no other parameters.
#[macro_export]
macro_rules! id_list {
    () => {
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, \
         $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, \
         $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, \
         $62, $63, $64, $65, $66, $67, $68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, $81, \
         $82, $83, $84, $85, $86, $87, $88, $89, $90, $91, $92, $93, $94, $95, $96, $97, $98, $99, $100, \
         $101, $102, $103, $104, $105, $106, $107, $108, $109, $110, $111, $112, $113, $114, $115, $116, \
         $117, $118, $119, $120, $121, $122, $123, $124, $125, $126, $127, $128"
    };
}

/// Splits ids into arguments for as few statements as possible. The last list repeats its last id until it is full.
pub fn id_lists(ids: &[Id]) -> impl Iterator<Item = [Value; IDS]> {
    ids.chunks(IDS).map(|some| std::array::from_fn(|place| Value::from(some[place.min(some.len() - 1)])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_split_into_full_lists() {
        let ids: Vec<Id> = (1..=200).map(Id).collect();
        assert_eq!(id_lists(&ids).count(), 2);
        assert_eq!(id_lists(&ids[..IDS]).count(), 1);
        assert_eq!(id_lists(&[]).count(), 0);
        assert_eq!(id_list!().split(", ").count(), IDS);
        assert!(id_list!().ends_with(&format!(" ${IDS}")));
    }
}
