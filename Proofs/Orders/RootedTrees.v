(* Order conditions of Runge-Kutta methods over rooted trees (Butcher). A method has order p when for every
   rooted tree t with at most p nodes   sum_i b_i phi_i(t) = 1/gamma(t),   where
     phi_i(node ts) = product over the children c in ts of sum_j a_ij phi_j(c),
     gamma(node ts) = |node ts| times the product of gamma(c).
   Trees are taken with ordered children: that repeats conditions but leaves none out.

   Coefficients are integers over one common denominator, so that a tree with n nodes has the integer
   weight den^n sum_i b_i phi_i(t), and nothing is ever rounded. *)
Require Import ZArith List Lia Bool.
Import ListNotations.
Open Scope Z_scope.

Inductive tree := node (children : list tree).

Fixpoint size (t : tree) : nat :=
  match t with node ts => S (list_sum (map size ts)) end.

Fixpoint gamma (t : tree) : Z :=
  match t with node ts => Z.of_nat (size t) * fold_right (fun c g => gamma c * g) 1 ts end.

(* a_ij = A_ij/den, b_i = B_i/den, c_i = C_i/den; row i of A holds the first i entries. *)
Record tableau := Tableau { den : Z; nodes : list Z; rows : list (list Z); weights : list Z }.

Fixpoint dot (u v : list Z) : Z :=
  match u, v with x :: u', y :: v' => x * y + dot u' v' | _, _ => 0 end.

Definition apply_rows (m : tableau) (v : list Z) : list Z := map (fun row => dot row v) (rows m).

Fixpoint stage_weights (m : tableau) (t : tree) : list Z :=
  match t with
  | node ts =>
      fold_right (fun c v => map (fun p => fst p * snd p) (combine (apply_rows m (stage_weights m c)) v))
                 (repeat 1 (length (rows m))) ts
  end.

(* den^|t| times sum_i b_i phi_i(t) *)
Definition tree_weight (m : tableau) (t : tree) : Z := dot (weights m) (stage_weights m t).

(* The residual of the condition of t, gamma sum b phi - 1, over den^|t|. *)
Definition residual (m : tableau) (t : tree) : Z :=
  gamma t * tree_weight m t - den m ^ Z.of_nat (size t).

Definition has_order (m : tableau) (p : nat) := forall t, (size t <= p)%nat -> residual m t = 0.

(* |gamma sum b phi - 1| <= 1/scale for every tree with at most p nodes. *)
Definition has_order_within (m : tableau) (p : nat) (scale : Z) :=
  forall t, (size t <= p)%nat -> Z.abs (residual m t) * scale <= den m ^ Z.of_nat (size t).

(* c_i = sum_j a_ij, exactly or within 1/scale. *)
Definition nodes_are_row_sums (m : tableau) (scale : Z) :=
  Forall (fun p => Z.abs (fst p - fold_right Z.add 0 (snd p)) * scale <= den m)
         (combine (nodes m) (rows m)).

(* ---------- all trees, built size by size ---------- *)
Section Levels.
Context {X Y : Type} (unit : X) (prepare : X -> Y) (attach : Y -> X -> X).

(* From the levels 0..n (largest first), level n+1: a first tree of size i+1 before a forest of size n-i. *)
Definition next (levels : list (list X)) : list X :=
  flat_map (fun p => flat_map (fun sub => let s := prepare sub in map (attach s) (snd p)) (fst p))
           (combine levels (rev levels)).
Fixpoint levels (n : nat) : list (list X) :=
  match n with O => [[unit]] | S k => let l := levels k in next l :: l end.
End Levels.

Lemma map_flat_map {A B C} (h : B -> C) (f : A -> list B) l :
  map h (flat_map f l) = flat_map (fun a => map h (f a)) l.
Proof. induction l; simpl; [easy|]. now rewrite map_app, IHl. Qed.

Lemma flat_map_map {A B C} (g : A -> B) (f : B -> list C) l :
  flat_map f (map g l) = flat_map (fun a => f (g a)) l.
Proof. induction l; simpl; [easy|]. now rewrite IHl. Qed.

Lemma flat_map_ext_in {A B} (f g : A -> list B) l : (forall a, f a = g a) -> flat_map f l = flat_map g l.
Proof. intros H. induction l; simpl; [easy|]. now rewrite H, IHl. Qed.

Lemma combine_map {A B} (g : A -> B) l l' :
  combine (map g l) (map g l') = map (fun p => (g (fst p), g (snd p))) (combine l l').
Proof. revert l'. induction l; intros [|b l']; simpl; try easy. now rewrite IHl. Qed.

(* A homomorphism carries levels to levels: data can be computed in place of trees. *)
Lemma levels_map {X Y X' Y'} (u : X) (prep : X -> Y) (att : Y -> X -> X)
    (u' : X') (prep' : X' -> Y') (att' : Y' -> X' -> X') (h : X -> X') n :
  h u = u' -> (forall a b, h (att (prep a) b) = att' (prep' (h a)) (h b)) ->
  levels u' prep' att' n = map (map h) (levels u prep att n).
Proof.
  intros Hu Ha. induction n; simpl; [now rewrite Hu|]. rewrite IHn. f_equal.
  unfold next. rewrite <- map_rev, combine_map, flat_map_map, map_flat_map.
  apply flat_map_ext_in. intros [subs rests]. simpl. rewrite flat_map_map, map_flat_map.
  apply flat_map_ext_in. intros sub. rewrite !map_map. apply map_ext. intros b. now rewrite Ha.
Qed.

Definition forest_levels := levels (@nil tree) (fun ts => node ts) (fun t ts => t :: ts).

Lemma levels_length n : length (forest_levels n) = S n.
Proof. induction n; simpl; [easy|]. f_equal. exact IHn. Qed.

Lemma levels_nth n j : (j <= n)%nat -> nth j (forest_levels n) [] = hd [] (forest_levels (n - j)).
Proof.
  revert j. induction n; intros j Hj.
  - replace j with 0%nat by lia. reflexivity.
  - destruct j; [reflexivity|]. simpl. apply IHn. lia.
Qed.

Lemma levels_complete n : forall ts : list tree, list_sum (map size ts) = n -> In ts (hd [] (forest_levels n)).
Proof.
  induction n as [n IH] using lt_wf_ind. intros ts Hn.
  destruct ts as [|[sub] ts]; [simpl in Hn; subst; now left|].
  simpl in Hn. set (i := list_sum (map size sub)) in *. destruct n as [|k]; [discriminate|].
  injection Hn as Hn. change (In (node sub :: ts) (next (fun ts => node ts) (fun t ts => t :: ts) (forest_levels k))).
  apply in_flat_map. exists (hd [] (forest_levels i), hd [] (forest_levels (k - i))). split.
  - assert (E : nth (k - i) (combine (forest_levels k) (rev (forest_levels k))) ([], [])
        = (hd [] (forest_levels i), hd [] (forest_levels (k - i)))).
    { rewrite combine_nth by now rewrite rev_length.
      rewrite rev_nth, levels_length by (rewrite levels_length; lia).
      rewrite !levels_nth by lia. repeat f_equal; lia. }
    rewrite <- E. apply nth_In. rewrite combine_length, rev_length, levels_length. lia.
  - simpl. apply in_flat_map. exists sub. split; [apply IH; [lia|reflexivity]|].
    apply in_map, IH; lia.
Qed.

(* What the conditions need of a forest: the product of its gammas, its size, and the product over its trees
   of A times the stage weights; of a tree, its gamma, its size, and A times its stage weights. *)
Definition data := (Z * nat * list Z)%type.
Definition forest_data (m : tableau) (ts : list tree) : data :=
  (fold_right (fun c g => gamma c * g)%Z 1%Z ts, list_sum (map size ts), stage_weights m (node ts)).
Definition prepare_data (m : tableau) (d : data) : data :=
  let '(g, n, v) := d in ((Z.of_nat (S n) * g)%Z, S n, apply_rows m v).
Definition attach_data (t d : data) : data :=
  let '(g, n, v) := t in let '(g', n', v') := d in
  ((g * g')%Z, (n + n')%nat, map (fun p => (fst p * snd p)%Z) (combine v v')).
Definition data_levels (m : tableau) :=
  levels (1%Z, 0%nat, repeat 1%Z (length (rows m))) (prepare_data m) attach_data.

Lemma data_levels_spec m n : data_levels m n = map (map (forest_data m)) (forest_levels n).
Proof. apply levels_map; [reflexivity|]. intros a b. reflexivity. Qed.

Definition data_residual (m : tableau) (d : data) : Z :=
  let '(g, n, v) := d in (Z.of_nat (S n) * g * dot (weights m) v - den m ^ Z.of_nat (S n))%Z.

Lemma data_residual_spec m ts : data_residual m (forest_data m ts) = residual m (node ts).
Proof. reflexivity. Qed.

Definition data_check (m : tableau) (p : nat) (good : nat -> Z -> bool) : bool :=
  match p with
  | O => true
  | S k => forallb (forallb (fun d => good (S (snd (fst d))) (data_residual m d))) (data_levels m k)
  end.

Lemma level_in n : forall k, (n <= k)%nat -> In (hd [] (forest_levels n)) (forest_levels k).
Proof.
  intros k Hk.
  assert (E := levels_nth k (k - n) ltac:(lia)). replace (k - (k - n))%nat with n in E by lia.
  rewrite <- E. apply nth_In. rewrite levels_length. lia.
Qed.

Lemma data_check_sound m p good t : data_check m p good = true -> (size t <= p)%nat ->
  good (size t) (residual m t) = true.
Proof.
  destruct t as [ts]. destruct p as [|k]; simpl size; [lia|]. intros C Hs.
  unfold data_check in C. rewrite data_levels_spec, forallb_forall in C.
  set (n := list_sum (map size ts)) in *.
  assert (I := level_in n k ltac:(lia)).
  specialize (C _ (in_map (map (forest_data m)) _ _ I)). rewrite forallb_forall in C.
  exact (C _ (in_map (forest_data m) _ _ (levels_complete n ts eq_refl))).
Qed.

Definition exact (n : nat) (r : Z) : bool := r =? 0.
Definition within (m : tableau) (scale : Z) (n : nat) (r : Z) : bool :=
  Z.abs r * scale <=? den m ^ Z.of_nat n.
Definition nodes_check (m : tableau) (scale : Z) : bool :=
  forallb (fun p => Z.abs (fst p - fold_right Z.add 0 (snd p)) * scale <=? den m) (combine (nodes m) (rows m)).

Lemma order_by_computation m p : data_check m p exact = true -> has_order m p.
Proof. intros C t Ht. apply Z.eqb_eq, (data_check_sound m p exact t C Ht). Qed.

Lemma order_within_by_computation m p scale :
  data_check m p (within m scale) = true -> has_order_within m p scale.
Proof. intros C t Ht. apply Z.leb_le, (data_check_sound m p (within m scale) t C Ht). Qed.

Lemma nodes_by_computation m scale : nodes_check m scale = true -> nodes_are_row_sums m scale.
Proof.
  intros C. unfold nodes_check in C. rewrite forallb_forall in C. apply Forall_forall. intros q Hq.
  apply Z.leb_le, C, Hq.
Qed.

Lemma not_order_by_tree m p t : (size t <= p)%nat -> residual m t <> 0 -> ~ has_order m p.
Proof. intros Hs H O. apply H, O, Hs. Qed.

(* the bush with n leaves: the conditions sum b_i c_i^n = 1/(n+1) *)
Definition bush (n : nat) : tree := node (repeat (node []) n).
